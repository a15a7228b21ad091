import { readFile } from 'node:fs/promises';
import { AuthError } from '../errors.ts';

/** Reads an assertion from a file at every use, as platforms replace it: a projected token of Kubernetes, a SPIFFE JWT. */
export function assertionFromFile(path: string): () => Promise<string> {
  return async () => {
    try {
      return await readFile(path, 'utf8');
    } catch (cause) {
      throw new AuthError('token-request', `The assertion at ${path} cannot be read.`, { cause });
    }
  };
}

/** Reads an assertion from an environment variable at every use. */
export function assertionFromEnvironment(
  name: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): () => string {
  return () => {
    const value = environment[name];
    if (value === undefined) throw new AuthError('token-request', `The variable ${name} is not set.`);
    return value;
  };
}

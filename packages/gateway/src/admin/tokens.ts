import { createHash, timingSafeEqual } from 'node:crypto';
import { ConfigError, formatPath } from '../config/problem.ts';
import type { Secrets } from '../config/secret.ts';
import type { AdminPlan } from './config.ts';

const SHORTEST = 16;

/** Finds out whose token it is. */
export interface TokenHolders {
  /** The name of whoever has it; `undefined` for nobody's. Takes as long for one token as for another. */
  find(token: string): string | undefined;
}

/** Reads the tokens of a plan. Throws `ConfigError` for one that is absent or too short, without a word of it. */
export function readTokens({ tokens }: AdminPlan, secrets: Secrets): TokenHolders {
  const digests = Object.entries(tokens).map(([name, ref]) => {
    const path = ['admin', 'tokens', name];
    const token = secrets.read(ref, path);
    if (token.length < SHORTEST) {
      const message = `${formatPath(path)} refers to a token of fewer than ${SHORTEST} characters`;
      throw new ConfigError([{ path, message }]);
    }
    return [name, digestOf(token)] as const;
  });
  return {
    find(token) {
      const digest = digestOf(token);
      let found: string | undefined;
      for (const [name, known] of digests) if (timingSafeEqual(known, digest)) found = name;
      return found;
    },
  };
}

// ---

/** Digests have one length, whatever the token. */
function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

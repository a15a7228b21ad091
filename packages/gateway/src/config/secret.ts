import { readFileSync, statSync } from 'node:fs';
import type { GatewayLogger } from '../events.ts';
import { ConfigError, type ConfigPath, formatPath } from './problem.ts';
import { type ConfigSchemaNode, FILE } from './schema-node.ts';
import { whyUnreadable } from './unreadable.ts';

/** Where a secret is; the configuration never holds the secret itself. Exactly one of the members is given. */
export interface SecretRef {
  /** The name of an environment variable. */
  readonly env?: string;
  /** A file, from the working directory unless absolute. One newline at its end does not belong to the secret. */
  readonly file?: string;
}

/** The schema of a secret by reference. `writeOnly` keeps what stands there out of messages. */
export const SECRET: ConfigSchemaNode = {
  title: 'a secret by reference: { env: NAME } or { file: path }; secrets themselves do not stand here',
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  maxProperties: 1,
  writeOnly: true,
  properties: {
    env: {
      title: 'the name of an environment variable',
      description: 'The environment variable that holds it.',
      type: 'string',
      pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
      maxLength: 255,
      writeOnly: true,
    },
    file: {
      ...FILE,
      description:
        'The file that holds it, read again on each reload. A warning is logged where other users of the machine may read it.',
    },
  },
};

/** What secrets are read with. */
export interface SecretSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: GatewayLogger;
}

/** Reads the files and secrets that a configuration refers to. What it reads is kept by whoever asked, nowhere else. */
export interface Secrets {
  /** The secret. Throws `ConfigError` for `at`, without a word of the secret, where it is absent, empty or too large. */
  read(ref: SecretRef, at: ConfigPath): string;
  /** The text of a file that is no secret, such as a certificate. Throws `ConfigError` for `at` where it cannot be read. */
  file(path: string, at: ConfigPath): string;
}

const LARGEST_SECRET = 64 * 1024;
const LARGEST_FILE = 16 * 1024 * 1024;

/** Reads secrets from the environment and from files. Synchronous: a plan is taken into use whole or not at all. */
export function secretsFrom({ env, log }: SecretSources): Secrets {
  return {
    read(ref, at) {
      const found = ref.file === undefined ? fromEnvironment(ref.env ?? '', env) : secretFile(ref.file, log);
      const text = textOf(found, at);
      return text === '' ? textOf({ ok: false, why: 'refers to a secret that is empty' }, at) : text;
    },
    file: (path, at) => textOf(readText(path, LARGEST_FILE), at),
  };
}

// ---

type Found =
  | { readonly ok: true; readonly text: string; readonly mode?: number }
  | { readonly ok: false; readonly why: string };

function textOf(found: Found, at: ConfigPath): string {
  if (found.ok) return found.text;
  throw new ConfigError([{ path: at, message: `${formatPath(at)} ${found.why}` }]);
}

function fromEnvironment(name: string, env: SecretSources['env']): Found {
  const text = env[name];
  if (text === undefined)
    return { ok: false, why: `refers to the environment variable ${name}, which is not set` };
  return { ok: true, text };
}

function secretFile(file: string, log: GatewayLogger): Found {
  const found = readText(file, LARGEST_SECRET);
  if (!found.ok) return found;
  warnIfExposed(file, found.mode ?? 0, log);
  return { ok: true, text: found.text.replace(/\r?\n$/, '') };
}

function readText(file: string, mostBytes: number): Found {
  try {
    const { mode, size } = statSync(file);
    if (size > mostBytes)
      return { ok: false, why: `refers to ${file}, which is larger than ${mostBytes} bytes` };
    return { ok: true, text: readFileSync(file, 'utf8'), mode };
  } catch (error) {
    return { ok: false, why: `refers to ${file}, but ${whyUnreadable(error)}` };
  }
}

const READ_BY_OTHERS = 0o004;
const WRITTEN_BY_OTHERS = 0o002;

/** Windows has no such bits: Node reports every file as open to all there. */
function warnIfExposed(file: string, mode: number, log: GatewayLogger): void {
  if (process.platform === 'win32' || (mode & (READ_BY_OTHERS | WRITTEN_BY_OTHERS)) === 0) return;
  log({ type: 'secret-exposed', file, mode: (mode & 0o777).toString(8).padStart(4, '0') });
}

import type { ConfigPath } from '../config/problem.ts';
import type { Secrets } from '../config/secret.ts';
import { readTls, type TlsMaterial } from '../forward/channel/tls.ts';
import {
  type Credentials,
  type CredentialsContext,
  readCredentials,
} from '../forward/credentials/credentials.ts';
import type { StdioPlan } from '../forward/stdio/config.ts';
import type { ServerPlan } from '../plan/plan.ts';

/** Variables of the environment of a process, read. */
export type StdioEnvironment = Readonly<Record<string, string>>;

/** What the plan of a server refers to, read. */
export interface Materials {
  readonly tls?: TlsMaterial | undefined;
  readonly credentials?: Credentials | undefined;
  readonly env?: StdioEnvironment | undefined;
}

/** Reads what the plan of a server refers to. Throws `ConfigError` where something cannot be read. */
export function readMaterials(
  { name, channel, credentials, stdio }: ServerPlan,
  context: CredentialsContext,
): Materials {
  const at = ['servers', name];
  return {
    tls: channel.tls && readTls(channel.tls, [...at, 'tls'], context.secrets),
    credentials: credentials && readCredentials(credentials, [...at, 'credentials'], context),
    env: stdio && readEnvironment(stdio, [...at, 'stdio', 'env'], context.secrets),
  };
}

// ---

function readEnvironment({ env }: StdioPlan, at: ConfigPath, secrets: Secrets): StdioEnvironment {
  return Object.fromEntries(
    Object.entries(env).map(([name, ref]) => [name, secrets.read(ref, [...at, name])]),
  );
}

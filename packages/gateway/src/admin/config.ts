import { type ConfigProblem, formatPath } from '../config/problem.ts';
import type { ConfigSchemaNode } from '../config/schema-node.ts';
import { SECRET, type SecretRef } from '../config/secret.ts';
import { isLoopbackHost, LOOPBACK_HOSTS } from '../plan/loopback.ts';

/** `admin`: where the gateway is operated from. */
export interface AdminConfig {
  readonly host?: string;
  readonly port?: number;
  readonly tokens?: Readonly<Record<string, SecretRef>>;
  readonly allowedHosts?: readonly string[];
  readonly metrics?: MetricsAccess;
}

/** Who may read the metrics. */
export type MetricsAccess = 'token' | 'open';

/** Where the gateway is operated from, ready to be bound. */
export interface AdminPlan {
  readonly host: string;
  readonly port: number;
  /** By the name of whoever has it. */
  readonly tokens: Readonly<Record<string, SecretRef>>;
  /** Lower case; `undefined` admits any. */
  readonly hosts: ReadonlySet<string> | undefined;
  readonly metrics: MetricsAccess;
}

/** The schema of `admin`. */
export const ADMIN: ConfigSchemaNode = {
  title: 'the keys host, port, tokens, allowedHosts and metrics',
  description:
    'An address of its own to watch and operate the gateway: health, readiness, metrics, servers, reload, drain, records, pins. Nothing of it is served where callers of tools come in. Changing host or port needs a restart.',
  type: 'object',
  additionalProperties: false,
  properties: {
    host: {
      title: 'an IP address or a host name',
      description:
        'The address to bind. Beyond loopback put it where only operators reach it, and set `allowedHosts`.',
      type: 'string',
      minLength: 1,
      maxLength: 255,
      default: '127.0.0.1',
    },
    port: {
      title: 'a port number from 0 to 65535 (0: any free port)',
      description: 'The TCP port to bind.',
      type: 'integer',
      minimum: 0,
      maximum: 65535,
      default: 9090,
    },
    tokens: {
      title: 'a mapping from names to secrets by reference',
      description:
        'Who may operate the gateway: for each name the token (at least 16 characters) that is sent as `Authorization: Bearer`. What they do is put on record under their name. Without tokens only health and readiness are served.',
      type: 'object',
      maxProperties: 100,
      propertyNames: {
        title: 'a name of 1 to 64 letters, digits, ".", "_" or "-"',
        type: 'string',
        pattern: '^[A-Za-z0-9._-]{1,64}$',
      },
      additionalProperties: SECRET,
    },
    allowedHosts: {
      title: 'a list of host names',
      description:
        'The `Host` values that operators use, with or without a port; `"*"` allows any. Default: the loopback names. Health and readiness answer to any.',
      type: 'array',
      minItems: 1,
      maxItems: 100,
      items: { title: 'a host name, or "*"', type: 'string', minLength: 1, maxLength: 260 },
    },
    metrics: {
      title: 'token or open',
      description:
        'Whether `/metrics` wants a token, or is open to whoever reaches the port. It names servers and tools.',
      type: 'string',
      enum: ['token', 'open'],
      default: 'token',
    },
  },
};

/** The plan of `admin`; `undefined` where there is none. */
export function compileAdmin(
  config: AdminConfig | undefined,
  problems: ConfigProblem[],
): AdminPlan | undefined {
  if (config === undefined) return undefined;
  const { host = '127.0.0.1', port = 9090, tokens = {}, allowedHosts, metrics = 'token' } = config;
  if (!isLoopbackHost(host) && allowedHosts === undefined) {
    const path = ['admin', 'host'];
    const why = `"${host}" can be reached from other machines: set admin.allowedHosts, the names operators use`;
    problems.push({ path, message: `${formatPath(path)} ${why}` });
  }
  const hosts = (allowedHosts ?? LOOPBACK_HOSTS).map((name) => name.toLowerCase());
  return { host, port, tokens, hosts: hosts.includes('*') ? undefined : new Set(hosts), metrics };
}

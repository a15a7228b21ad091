import type { ConfigSchemaNode } from '../config/schema-node.ts';
import { SECRET, type SecretRef } from '../config/secret.ts';
import type { CertificateRule } from '../identify/certificates.ts';
import { certificateRules } from '../identify/schema-keys.ts';
import { type ListenPlan, type ListenTlsConfig, listenTls } from '../listen/config.ts';

/** `admin`: where the gateway is operated from. */
export interface AdminConfig {
  readonly host?: string;
  readonly port?: number;
  readonly tls?: ListenTlsConfig;
  readonly expose?: boolean;
  readonly tokens?: Readonly<Record<string, SecretRef>>;
  readonly certificates?: readonly OperatorRule[];
  readonly allowedHosts?: readonly string[];
  readonly metrics?: MetricsAccess;
}

/** Whose client certificate an operator's is. Exactly one member is given. */
export type OperatorRule = Omit<CertificateRule, 'tenant' | 'scopes'>;

/** Who may read the metrics. */
export type MetricsAccess = 'token' | 'open';

/** Where the gateway is operated from, ready to be bound. */
export interface AdminPlan extends ListenPlan {
  /** By the name of whoever has it. */
  readonly tokens: Readonly<Record<string, SecretRef>>;
  readonly certificates: readonly OperatorRule[];
  /** Lower case; `undefined` admits any. */
  readonly hosts: ReadonlySet<string> | undefined;
  readonly metrics: MetricsAccess;
}

/** The schema of `admin`. */
export const ADMIN: ConfigSchemaNode = {
  title: 'the keys host, port, tls, expose, tokens, certificates, allowedHosts and metrics',
  description:
    'An address of its own to watch and operate the gateway: health, readiness, metrics, servers, reload, drain, records, pins. Nothing of it is served where callers of tools come in. Changing host, port, or whether TLS is spoken needs a restart.',
  type: 'object',
  additionalProperties: false,
  properties: {
    host: {
      title: 'an IP address or a host name',
      description:
        'The address to bind. Anything but a loopback address also needs `tls`, or `expose: true`, and `allowedHosts`. Put it where only operators reach it.',
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
    tls: listenTls('admin.certificates'),
    expose: {
      title: 'true or false',
      description:
        'The explicit word for a bind beyond loopback without `tls`: tokens, and what they open, cross the network in the clear. For a network that nobody else is on, or a proxy that speaks TLS.',
      type: 'boolean',
      default: false,
    },
    tokens: {
      title: 'a mapping from names to secrets by reference',
      description:
        'Who may operate the gateway: for each name the token (at least 16 characters) that is sent as `Authorization: Bearer`. What they do is put on record under their name. Without tokens and certificates only health and readiness are served.',
      type: 'object',
      maxProperties: 100,
      propertyNames: {
        title: 'a name of 1 to 64 letters, digits, ".", "_" or "-"',
        type: 'string',
        pattern: '^[A-Za-z0-9._-]{1,64}$',
      },
      additionalProperties: SECRET,
    },
    certificates: certificateRules(
      'Whose client certificates operate the gateway, without a token; the first rule that fits counts. Needs `admin.tls.clientCa`. Each rule has one of uri, dns, email, commonName and fingerprint. What they do is put on record as `certificate:` and the name that fitted. Certificates that no rule fits open nothing, whoever vouches for them.',
      {},
    ),
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

import { type ConfigSchemaNode, FILE } from '../config/schema-node.ts';
import { SECRET, type SecretRef } from '../config/secret.ts';

/** Where the gateway listens. */
export interface ListenConfig {
  readonly host?: string;
  readonly port?: number;
  readonly expose?: boolean;
  readonly publicUrl?: string;
  readonly tls?: ListenTlsConfig;
}

/** The certificate of a listener, and whose certificates it asks clients for. */
export interface ListenTlsConfig {
  readonly cert: string;
  readonly key: SecretRef;
  readonly clientCa?: string;
  readonly clientCertificates?: ClientCertificates;
}

/** Whether a client must show a certificate to connect at all. */
export type ClientCertificates = 'request' | 'require';

/** Where a listener is bound, and what it speaks. */
export interface ListenPlan {
  readonly host: string;
  readonly port: number;
  /** `undefined` for plain HTTP. */
  readonly tls: ListenTlsPlan | undefined;
}

/** What TLS is spoken with; the files are read when the plan is taken into use. */
export interface ListenTlsPlan {
  readonly cert: string;
  readonly key: SecretRef;
  readonly clientCa: string | undefined;
  readonly clientCertificates: ClientCertificates | 'none';
}

/** The schema of the TLS of a listener, where `rules` is the key that says whom client certificates speak for. */
export function listenTls(rules: string): ConfigSchemaNode {
  return {
    title: 'the keys cert, key, clientCa and clientCertificates',
    description:
      'Speaks TLS 1.2 and 1.3. Certificates and keys are read again on each reload; connections go on with what they began with.',
    type: 'object',
    additionalProperties: false,
    required: ['cert', 'key'],
    properties: {
      cert: { ...FILE, description: 'The certificate chain of the gateway, PEM.' },
      key: { ...SECRET, description: 'Its private key, PEM, by reference.' },
      clientCa: {
        ...FILE,
        description: `The authorities that vouch for client certificates, PEM; see \`${rules}\`. Nobody else does, public authorities neither.`,
      },
      clientCertificates: {
        title: 'request or require',
        description:
          'Whether a client may show a certificate (`request`, which holds where nothing is said), or cannot connect without one. Needs `clientCa`. Changing it needs a restart.',
        type: 'string',
        enum: ['request', 'require'],
      },
    },
  };
}

/** The schema of `listen`. */
export const LISTEN: ConfigSchemaNode = {
  title: 'the keys host, port, publicUrl, tls and expose',
  description:
    'Where the gateway listens. Changing host, port, or whether TLS is spoken needs a restart; everything else is reloaded.',
  type: 'object',
  additionalProperties: false,
  properties: {
    host: {
      title: 'an IP address or a host name',
      description:
        'The address to bind. Anything but a loopback address also needs `identify`, or `expose: true`.',
      type: 'string',
      minLength: 1,
      maxLength: 255,
      default: '127.0.0.1',
      examples: ['0.0.0.0'],
    },
    port: {
      title: 'a port number from 0 to 65535 (0: any free port)',
      description: 'The TCP port to bind; 0 takes any free port.',
      type: 'integer',
      minimum: 0,
      maximum: 65535,
      default: 8080,
    },
    publicUrl: {
      title: 'an http or https URL without query, such as "https://mcp.example.com"',
      description:
        'What stands before the paths of servers in the URLs that clients use. Access tokens are issued for these URLs. Default: the address to bind, where that is loopback. Its host is the default of `allowedHosts`.',
      type: 'string',
      pattern: '^https?://[^\\s?#@]+$',
      maxLength: 1024,
      examples: ['https://mcp.example.com'],
    },
    tls: listenTls('identify.certificates'),
    expose: {
      title: 'true or false',
      description:
        'The explicit word for a bind beyond loopback by a gateway that does not identify its callers: whoever can reach the address can use every server behind it. Also requires `allowedHosts`.',
      type: 'boolean',
      default: false,
    },
  },
};

import { addressKind } from '@switchyard/auth/addresses';
import { type ConfigPath, type ConfigProblem, formatPath } from '../../config/problem.ts';
import { type ConfigSchemaNode, FILE } from '../../config/schema-node.ts';
import { SECRET, type SecretRef } from '../../config/secret.ts';

/** How connections to the replicas of a server are made. */
export interface ChannelConfig {
  readonly http2?: boolean;
  readonly tls?: TlsConfig;
  readonly network?: NetworkMode;
}

/** What a server's certificate is held against, and the gateway's own. */
export interface TlsConfig {
  readonly ca?: string;
  readonly certificate?: string;
  readonly key?: SecretRef;
  readonly serverName?: string;
}

/** Which addresses the names of replicas may turn out to have. */
export type NetworkMode = 'any' | 'public' | 'private';

/** `ChannelConfig` with its defaults. */
export interface ChannelPlan {
  readonly http2: boolean;
  readonly tls: TlsConfig | undefined;
  readonly network: NetworkMode;
}

/** The schema of `http2` of a server. */
export const HTTP2: ConfigSchemaNode = {
  title: 'true or false',
  description:
    'Whether its replicas are spoken to in HTTP/2, many requests on one connection: negotiated with https, at once with http. They must offer it.',
  type: 'boolean',
  default: false,
};

/** The schema of `network` of a server. */
export const NETWORK: ConfigSchemaNode = {
  title: 'any, public or private',
  description:
    'Which addresses its names may lead to, looked at when each connection is made, so that no name service can turn the gateway against others (cloud metadata, services on this machine). `public`: none but those of the public internet. `private`: private networks and this machine, never link-local. `any`: whatever the name says.',
  type: 'string',
  enum: ['any', 'public', 'private'],
  default: 'any',
};

/** The schema of `tls` of a server. */
export const UPSTREAM_TLS: ConfigSchemaNode = {
  title: 'the keys ca, certificate, key and serverName',
  description: 'TLS to replicas with https URLs. Files are read again on each reload.',
  type: 'object',
  additionalProperties: false,
  properties: {
    ca: {
      ...FILE,
      description: 'The authorities that may vouch for the replicas, instead of those that Node knows.',
    },
    certificate: {
      ...FILE,
      description: "The gateway's own certificate, for servers that ask. Requires `key`.",
    },
    key: { ...SECRET, description: 'The private key of `certificate`, by reference.' },
    serverName: {
      title: 'a host name',
      description: "The name that the replicas' certificates must have. Default: the host of each URL.",
      type: 'string',
      pattern: '^[A-Za-z0-9.-]{1,253}$',
    },
  },
};

/** Fills the defaults in, and holds the settings against the replicas' URLs. */
export function compileChannel(
  config: ChannelConfig & { readonly replicas?: readonly string[] },
  at: ConfigPath,
  problems: ConfigProblem[],
): ChannelPlan {
  const { http2 = false, tls, network = 'any', replicas = [] } = config;
  if ((tls?.certificate === undefined) !== (tls?.key === undefined)) {
    const key = [...at, 'tls'];
    problems.push({ path: key, message: `${formatPath(key)} needs certificate and key together` });
  }
  if (tls !== undefined && !replicas.some((url) => url.startsWith('https:'))) {
    const key = [...at, 'tls'];
    problems.push({ path: key, message: `${formatPath(key)} is there, and no replica has an https URL` });
  }
  for (const [index, url] of replicas.entries()) {
    const kind = URL.canParse(url) ? addressKind(new URL(url).hostname) : undefined;
    if (kind === undefined || admitsKind(network, kind)) continue;
    const key = [...at, 'replicas', index];
    problems.push({ path: key, message: `${formatPath(key)} is no address that network: ${network} admits` });
  }
  return { http2, tls, network };
}

/** Whether an address may be dialled under that setting. */
export function admitsAddress(network: NetworkMode, address: string): boolean {
  const kind = addressKind(address);
  return network === 'any' || (kind !== undefined && admitsKind(network, kind));
}

// ---

function admitsKind(network: NetworkMode, kind: 'public' | 'private' | 'loopback' | 'special'): boolean {
  if (network === 'any') return true;
  return network === 'public' ? kind === 'public' : kind === 'private' || kind === 'loopback';
}

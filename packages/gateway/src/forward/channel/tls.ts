import { createHash } from 'node:crypto';
import type { ConfigPath } from '../../config/problem.ts';
import type { Secrets } from '../../config/secret.ts';
import type { TlsConfig } from './config.ts';

/** What `tls` of a server refers to, read. */
export interface TlsMaterial {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
  /** Differs where anything else here does. */
  readonly digest: string;
}

/** Reads what `tls` refers to. Throws `ConfigError` where something cannot be read. */
export function readTls(tls: TlsConfig, at: ConfigPath, secrets: Secrets): TlsMaterial {
  const { ca, certificate, key, serverName } = tls;
  const parts = {
    ...(ca === undefined ? {} : { ca: secrets.file(ca, [...at, 'ca']) }),
    ...(certificate === undefined ? {} : { cert: secrets.file(certificate, [...at, 'certificate']) }),
    ...(key === undefined ? {} : { key: secrets.read(key, [...at, 'key']) }),
    ...(serverName === undefined ? {} : { servername: serverName }),
  };
  return { ...parts, digest: createHash('sha256').update(JSON.stringify(parts)).digest('base64') };
}

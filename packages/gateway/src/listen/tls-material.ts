import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { ConfigError, type ConfigPath, formatPath } from '../config/problem.ts';
import type { Secrets } from '../config/secret.ts';
import type { ListenTlsPlan } from './config.ts';

/** What a listener speaks TLS with, and whether it asks clients for a certificate, and turns them away without a good one. */
export interface TlsMaterial extends SecureContextOptions {
  readonly requestCert: boolean;
  readonly rejectUnauthorized: boolean;
}

/**
 * The certificates and keys of the `tls` at that place, tried out. Throws `ConfigError` for what cannot be used, before
 * anything is changed.
 */
export function readTls(tls: ListenTlsPlan, at: ConfigPath, secrets: Secrets): TlsMaterial {
  const asked = tls.clientCertificates;
  const material: TlsMaterial = {
    cert: secrets.file(tls.cert, [...at, 'cert']),
    key: secrets.read(tls.key, [...at, 'key']),
    ...(tls.clientCa === undefined ? {} : { ca: secrets.file(tls.clientCa, [...at, 'clientCa']) }),
    minVersion: 'TLSv1.2',
    requestCert: asked !== 'none',
    rejectUnauthorized: asked === 'require',
  };
  try {
    createSecureContext(material);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    const message = `${formatPath(at)} cannot be used: certificate, key or authorities are not valid, or do not belong together (${code})`;
    throw new ConfigError([{ path: at, message }]);
  }
  return material;
}

import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { ConfigError } from '../config/problem.ts';
import type { Secrets } from '../config/secret.ts';
import type { ListenTlsPlan } from './config.ts';

/** The certificates and keys of a plan, tried out. Throws `ConfigError` for what cannot be used, before anything is changed. */
export function readTls(tls: ListenTlsPlan, secrets: Secrets): SecureContextOptions {
  const options: SecureContextOptions = {
    cert: secrets.file(tls.cert, ['listen', 'tls', 'cert']),
    key: secrets.read(tls.key, ['listen', 'tls', 'key']),
    ...(tls.clientCa === undefined ? {} : { ca: secrets.file(tls.clientCa, ['listen', 'tls', 'clientCa']) }),
    minVersion: 'TLSv1.2',
  };
  try {
    createSecureContext(options);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    const message = `listen.tls cannot be used: certificate, key or authorities are not valid, or do not belong together (${code})`;
    throw new ConfigError([{ path: ['listen', 'tls'], message }]);
  }
  return options;
}

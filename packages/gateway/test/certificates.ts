import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';

/** Files of a certificate authority and of what it has signed. */
export interface Certificates {
  readonly ca: string;
  /** The certificate and key of a name; its alternative name is a DNS name unless another is given. */
  sign(name: string, alternativeName?: string): { readonly cert: string; readonly key: string };
}

/** A certificate authority of one test's own, made by `openssl`. */
export function certificates(): Certificates {
  const folder = mkdtempSync(path.join(tmpdir(), 'switchyard-certificates-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const at = (name: string) => path.join(folder, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' });
  const fresh = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...fresh,
    '-keyout',
    at('ca.key'),
    '-out',
    at('ca.pem'),
    '-days',
    '2',
    '-subj',
    '/CN=ca',
  );
  return {
    ca: at('ca.pem'),
    sign(name, alternativeName = `DNS:${name}`) {
      const [key, csr, cert, ext] = [
        at(`${name}.key`),
        at(`${name}.csr`),
        at(`${name}.pem`),
        at(`${name}.ext`),
      ];
      writeFileSync(ext, `subjectAltName=${alternativeName}\n`);
      openssl('req', ...fresh, '-keyout', key, '-out', csr, '-subj', `/CN=${name}`);
      const authority = ['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial'];
      openssl('x509', '-req', '-in', csr, ...authority, '-out', cert, '-days', '2', '-extfile', ext);
      return { cert, key };
    },
  };
}

/** The text of a file. */
export function textOf(file: string): string {
  return readFileSync(file, 'utf8');
}

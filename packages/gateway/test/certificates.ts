import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as x509 from '@peculiar/x509';
import { onTestFinished } from 'vitest';

/** Files of a certificate authority and of what it has signed. */
export interface Certificates {
  readonly ca: string;
  /** The certificate and key of a name; its alternative name is a DNS name unless another is given. */
  sign(name: string, alternativeName?: string): Promise<{ readonly cert: string; readonly key: string }>;
}

/** A certificate authority of one test's own. */
export async function certificates(): Promise<Certificates> {
  const folder = mkdtempSync(path.join(tmpdir(), 'switchyard-certificates-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const write = (name: string, text: string): string => {
    const file = path.join(folder, name);
    writeFileSync(file, text, { mode: 0o600 });
    return file;
  };
  const keys = await makeKeys();
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity(),
    name: 'CN=ca',
    keys,
    signingAlgorithm: SIGNING,
    extensions: [new x509.BasicConstraintsExtension(true, undefined, true)],
  });
  return {
    ca: write('ca.pem', authority.toString('pem')),
    async sign(name, alternativeName = `DNS:${name}`) {
      const own = await makeKeys();
      const certificate = await x509.X509CertificateGenerator.create({
        ...validity(),
        subject: `CN=${name}`,
        issuer: authority.subject,
        publicKey: own.publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm: SIGNING,
        extensions: [new x509.SubjectAlternativeNameExtension([generalName(alternativeName)])],
      });
      const key = x509.PemConverter.encode(
        await webcrypto.subtle.exportKey('pkcs8', own.privateKey),
        'PRIVATE KEY',
      );
      return { cert: write(`${name}.pem`, certificate.toString('pem')), key: write(`${name}.key`, key) };
    },
  };
}

/** The text of a file. */
export function textOf(file: string): string {
  return readFileSync(file, 'utf8');
}

// ---

const SIGNING = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 86_400_000;

const makeKeys = () => webcrypto.subtle.generateKey(SIGNING, true, ['sign', 'verify']);

function validity() {
  const now = Date.now();
  return {
    serialNumber: randomBytes(16).toString('hex'),
    notBefore: new Date(now - DAY_MS),
    notAfter: new Date(now + DAY_MS),
  };
}

/** Reads `DNS:name`, `IP:address`, `URI:uri` and `email:address`. */
function generalName(text: string): { type: x509.GeneralNameType; value: string } {
  const [, kind = '', value = ''] = /^(\w+):(.*)$/.exec(text) ?? [];
  const type = TYPES[kind];
  if (type === undefined) throw new TypeError(`There is no kind of name ${kind}.`);
  return { type, value };
}

const TYPES: Readonly<Record<string, x509.GeneralNameType>> = {
  DNS: 'dns',
  IP: 'ip',
  URI: 'url',
  email: 'email',
};

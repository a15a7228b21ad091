import { createHash } from 'node:crypto';
import { type PeerCertificate, TLSSocket } from 'node:tls';
import type { Caller } from './caller.ts';

/** Whom a client certificate speaks for. Exactly one of the first five members is given. */
export interface CertificateRule {
  /** A URI among its alternative names, such as a SPIFFE id; a `*` at the end stands for any end. */
  readonly uri?: string;
  readonly dns?: string;
  readonly email?: string;
  readonly commonName?: string;
  /** The SHA-256 fingerprint, hexadecimal with colons. */
  readonly fingerprint?: string;
  readonly tenant?: string;
  readonly scopes?: readonly string[];
}

/** What a client has proved with its certificate. */
export interface ProvedCertificate {
  /** The SHA-256 thumbprint in base64url, as tokens name it. RFC 8705, section 3.1. */
  readonly thumbprint: string;
  /** `undefined` where no rule says whom it speaks for. */
  readonly caller: Caller | undefined;
  /** In milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** Says what the certificates of connections prove: looked at once for each connection. */
export class Certificates {
  readonly #rules: readonly CertificateRule[];
  readonly #seen = new WeakMap<object, ProvedCertificate | 'none'>();

  constructor(rules: readonly CertificateRule[]) {
    this.#rules = rules;
  }

  /** What the client of a connection has proved; `undefined` without a certificate that one of the configured authorities vouches for. */
  of(socket: object): ProvedCertificate | undefined {
    const seen = this.#seen.get(socket);
    if (seen !== undefined) return seen === 'none' ? undefined : seen;
    const proved = socket instanceof TLSSocket && socket.authorized ? this.#read(socket) : undefined;
    this.#seen.set(socket, proved ?? 'none');
    return proved;
  }

  #read(socket: TLSSocket): ProvedCertificate | undefined {
    const certificate = socket.getPeerCertificate();
    if (certificate.raw === undefined) return undefined;
    return {
      thumbprint: createHash('sha256').update(certificate.raw).digest('base64url'),
      caller: callerOf(certificate, this.#rules),
      expiresAt: Date.parse(certificate.valid_to),
    };
  }
}

/**
 * The alternative names of a certificate, as Node writes them: `kind:value` separated by commas, a value that holds anything
 * but plain text as a JSON string. What cannot be read ends the list: a name must not be made up by another's contents.
 */
export function alternativeNames(text: string | undefined): readonly { kind: string; value: string }[] {
  const names: { kind: string; value: string }[] = [];
  const scanner = /(?:^|, )([A-Za-z ]+):(?:("(?:[^"\\]|\\.)*")|([^",]*))(?=, |$)/y;
  for (let match = scanner.exec(text ?? ''); match !== null; match = scanner.exec(text ?? '')) {
    const [, kind = '', quoted, plain = ''] = match;
    names.push({ kind, value: quoted === undefined ? plain : String(JSON.parse(quoted)) });
  }
  return names;
}

// ---

const KINDS = { uri: 'URI', dns: 'DNS', email: 'email' } as const;

function callerOf(certificate: PeerCertificate, rules: readonly CertificateRule[]): Caller | undefined {
  const names = alternativeNames(certificate.subjectaltname);
  for (const rule of rules) {
    const subject = matched(rule, certificate, names);
    if (subject === undefined) continue;
    const tenant = rule.tenant === undefined ? {} : { tenant: rule.tenant };
    return { by: 'certificate', issuer: 'certificates', subject, ...tenant, scopes: rule.scopes ?? [] };
  }
  return undefined;
}

function matched(
  rule: CertificateRule,
  certificate: PeerCertificate,
  names: ReturnType<typeof alternativeNames>,
): string | undefined {
  for (const key of ['uri', 'dns', 'email'] as const) {
    const wanted = rule[key];
    if (wanted === undefined) continue;
    return names.find(({ kind, value }) => kind === KINDS[key] && fits(value, wanted))?.value;
  }
  if (rule.fingerprint !== undefined)
    return certificate.fingerprint256.toUpperCase() === rule.fingerprint.toUpperCase()
      ? certificate.fingerprint256
      : undefined;
  // Node gives a list where the certificate has several; which of them would speak for it is anybody's guess.
  const name: unknown = certificate.subject?.CN;
  return typeof name === 'string' && fits(name, rule.commonName ?? '') ? name : undefined;
}

function fits(value: string, wanted: string): boolean {
  return wanted.endsWith('*') ? value.startsWith(wanted.slice(0, -1)) : value === wanted;
}

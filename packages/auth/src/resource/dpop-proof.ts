import type { JWTPayload } from 'jose';
import { base64url, calculateJwkThumbprint, decodeProtectedHeader, EmbeddedJWK, jwtVerify } from 'jose';
import type { Nonces } from './dpop-nonce.ts';
import { ASYMMETRIC_ALGORITHMS } from './issuer.ts';
import type { ReplayStore } from './replay-store.ts';

/** What the check of DPoP proofs needs. */
export interface ProofCheckOptions {
  /** The URL by which clients call the resource; what a proof must name, whatever the URL at this host is. */
  readonly resource: string;
  readonly algorithms: readonly string[];
  readonly now: () => number;
  /** How far a proof's `iat` may lie from now, in milliseconds, either way. */
  readonly windowMs: number;
  readonly replay: ReplayStore;
  /** What proofs must carry; `undefined` where they need no nonce. */
  readonly nonces: Nonces | undefined;
}

/** What a proof is worth: `nonce` where it is sound but for a nonce of ours, `renew` where that will soon be too old. */
export type ProofOutcome = 'sound' | 'renew' | 'nonce' | 'unsound';

/** What a proof must belong to. */
export interface ProofSubject {
  readonly token: string;
  /** The thumbprint of the key that the token is bound to. */
  readonly thumbprint: string;
  readonly verb: string;
}

/** Longer proofs are refused unread. */
const MAX_PROOF_LENGTH = 8_192;

/** Asymmetric signatures that a proof may have unless told otherwise. */
export const DEFAULT_PROOF_ALGORITHMS: readonly string[] = ASYMMETRIC_ALGORITHMS;

/**
 * What a `DPoP` header is worth as proof that its sender holds the key that the token is bound to, for this request and no other:
 * one proof, signed by that key, naming method, URL and token, made just now, never seen before. Spec: RFC 9449 §4.3, §7.1, §9.
 */
export async function checkProof(
  proof: string | undefined,
  subject: ProofSubject,
  options: ProofCheckOptions,
): Promise<ProofOutcome> {
  if (proof === undefined || proof.length > MAX_PROOF_LENGTH) return 'unsound';
  const payload = await verifiedPayload(proof, subject, options);
  if (payload === undefined || typeof payload.iat !== 'number') return 'unsound';
  const { jti, htm, htu, ath, iat } = payload;
  if (typeof jti !== 'string' || jti === '' || htm !== subject.verb) return 'unsound';
  if (typeof htu !== 'string' || !isSameEndpoint(htu, options.resource)) return 'unsound';
  if (ath !== (await sha256(subject.token))) return 'unsound';
  const nonce = await options.nonces?.check(payload['nonce']);
  if (nonce === 'refused') return 'nonce';
  // With the thumbprint: what one client uses up is no other client's. A digest, since proofs may be long.
  const id = `dpop:${await sha256(`${subject.thumbprint}:${jti}`)}`;
  // A second more than the proof counts.
  if (!(await options.replay.consume(id, iat * 1_000 + options.windowMs + 1_000))) return 'unsound';
  return nonce === 'renew' ? 'renew' : 'sound';
}

// ---

async function verifiedPayload(
  proof: string,
  { thumbprint }: ProofSubject,
  { algorithms, windowMs, now }: ProofCheckOptions,
): Promise<JWTPayload | undefined> {
  try {
    const { jwk } = decodeProtectedHeader(proof);
    if (jwk === undefined || (await calculateJwkThumbprint(jwk)) !== thumbprint) return undefined;
    const { payload } = await jwtVerify(proof, EmbeddedJWK, {
      typ: 'dpop+jwt',
      algorithms: [...algorithms],
      requiredClaims: ['iat', 'jti', 'htm', 'htu', 'ath'],
      currentDate: new Date(now()),
    });
    return Math.abs(now() - (payload.iat ?? 0) * 1_000) <= windowMs ? payload : undefined;
  } catch {
    // Everything here is made by the sender: whatever fails, it is no proof.
    return undefined;
  }
}

/** Scheme, host and path; a query does not count. Spec: RFC 9449 §4.3, 9. */
function isSameEndpoint(htu: string, resource: string): boolean {
  if (!URL.canParse(htu)) return false;
  const [named, own] = [new URL(htu), new URL(resource)];
  return named.origin === own.origin && named.pathname === own.pathname && named.hash === '';
}

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return base64url.encode(new Uint8Array(digest));
}

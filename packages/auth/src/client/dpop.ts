import { base64url, exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import type { DPoPHandle } from 'oauth4webapi';
import { DPoP } from 'oauth4webapi';

/** The key that a client proves to hold, and the nonces that servers want to see in the proofs. Spec: RFC 9449. */
export interface DpopKey {
  /** For requests to the token endpoint. */
  readonly handle: DPoPHandle;
  /** The private key, to be kept with the tokens that are bound to it. */
  readonly jwk: JWK;
  /** A new proof for one request to a resource. */
  proof(
    request: { readonly url: string; readonly method: string },
    token: string,
    nowMs: number,
  ): Promise<string>;
  /** Takes the nonce that further proofs for the origin of a URL carry. `false` for one that is none. */
  takeNonce(url: string, nonce: string): boolean;
}

const ALGORITHM = 'ES256';
/** Longer nonces are not taken. */
const MAX_NONCE_LENGTH = 1_024;

/** Makes a new key for DPoP, or takes up a kept one. */
export async function createDpopKey(kept?: JWK): Promise<DpopKey> {
  const jwk = kept ?? (await newKey());
  const privateKey = await importKey(jwk, ALGORITHM);
  const { crv = 'P-256', x = '', y = '' } = jwk;
  const publicJwk = { kty: 'EC' as const, crv, x, y };
  const publicKey = await importKey(publicJwk, ALGORITHM);
  const nonces = new Map<string, string>();
  return {
    jwk,
    handle: DPoP({}, { privateKey, publicKey }),
    async proof({ url, method }, token, nowMs) {
      const { origin, pathname } = new URL(url);
      const nonce = nonces.get(origin);
      const claims = {
        jti: crypto.randomUUID(),
        htm: method,
        htu: `${origin}${pathname}`,
        iat: Math.floor(nowMs / 1_000),
        ath: await sha256(token),
        ...(nonce === undefined ? {} : { nonce }),
      };
      const header = { alg: ALGORITHM, typ: 'dpop+jwt', jwk: publicJwk };
      return new SignJWT(claims).setProtectedHeader(header).sign(privateKey);
    },
    takeNonce(url, nonce) {
      if (nonce.length > MAX_NONCE_LENGTH) return false;
      nonces.set(new URL(url).origin, nonce);
      return true;
    },
  };
}

// ---

async function newKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  return exportJWK(privateKey);
}

async function importKey(jwk: JWK, algorithm: string): Promise<CryptoKey> {
  const key = await importJWK({ ...jwk, kty: 'EC' }, algorithm, { extractable: true });
  if (key instanceof Uint8Array) throw new TypeError('A DPoP key must be an elliptic curve key.');
  return key;
}

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return base64url.encode(new Uint8Array(digest));
}

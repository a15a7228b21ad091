import { base64url } from 'jose';

/** How the nonces of DPoP proofs are made. Spec: RFC 9449 §9. */
export interface NonceOptions {
  /**
   * Secrets of at least 32 characters, the first of which makes nonces; all are accepted, so that they rotate. Instances that serve
   * one resource must have the same. @default a random one, for a single instance
   */
  readonly secrets?: readonly string[];
  /** How often nonces change, in milliseconds; one is accepted for at most twice as long. @default 300_000 */
  readonly lifetimeMs?: number;
}

/** Makes and recognises nonces. Nothing is remembered: a nonce is the time at the server, with a signature. */
export interface Nonces {
  /** The nonce that proofs are to carry now. */
  current(): Promise<string>;
  /** `renew`: it still counts, but the next one is wanted. */
  check(nonce: unknown): Promise<'current' | 'renew' | 'refused'>;
}

/** Builds the nonces of one resource. Throws `TypeError` for a secret that can be guessed, or a lifetime that is none. */
export function createNonces(options: NonceOptions, resource: string, now: () => number): Nonces {
  const { secrets = [randomSecret()], lifetimeMs = DEFAULT_LIFETIME_MS } = options;
  if (secrets.length === 0 || secrets.some((secret) => secret.length < MIN_SECRET_LENGTH))
    throw new TypeError(`A secret of nonces must have at least ${MIN_SECRET_LENGTH} characters.`);
  if (!(lifetimeMs >= 1_000)) throw new TypeError('Nonces must live for at least a second.');
  let keys: Promise<readonly CryptoKey[]> | undefined;
  const keysOf = (): Promise<readonly CryptoKey[]> => {
    keys ??= Promise.all(secrets.map(importSecret));
    return keys;
  };
  const period = (): number => Math.floor(now() / lifetimeMs);
  let made: { readonly period: number; readonly nonce: Promise<string> } | undefined;
  return {
    current() {
      const at = period();
      if (made?.period !== at) made = { period: at, nonce: make(keysOf, resource, at) };
      return made.nonce;
    },
    async check(nonce) {
      const [, digits, signature] = typeof nonce === 'string' ? (FORM.exec(nonce) ?? []) : [];
      if (digits === undefined || signature === undefined) return 'refused';
      const at = Number.parseInt(digits, 36);
      // An instance whose clock is ahead may have made it: the neighbours on both sides count.
      if (
        Math.abs(at - period()) > 1 ||
        !(await isSigned(await keysOf(), messageOf(resource, at), signature))
      )
        return 'refused';
      return at < period() ? 'renew' : 'current';
    },
  };
}

// ---

const DEFAULT_LIFETIME_MS = 300_000;
const MIN_SECRET_LENGTH = 32;
const FORM = /^([0-9a-z]{1,12})\.([A-Za-z0-9_-]{43})$/;
const HMAC = { name: 'HMAC', hash: 'SHA-256' } as const;

function randomSecret(): string {
  return `${crypto.randomUUID()}${crypto.randomUUID()}`;
}

function importSecret(secret: string): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', new TextEncoder().encode(secret), HMAC, false, ['sign', 'verify']);
}

/** Bound to what it is for: the same secret may serve other resources. */
function messageOf(resource: string, period: number): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(['dpop-nonce', resource, period]));
}

async function make(
  keysOf: () => Promise<readonly CryptoKey[]>,
  resource: string,
  period: number,
): Promise<string> {
  const [key] = await keysOf();
  if (key === undefined) throw new TypeError('There is no secret.');
  const signature = await crypto.subtle.sign(HMAC, key, messageOf(resource, period));
  return `${period.toString(36)}.${base64url.encode(new Uint8Array(signature))}`;
}

async function isSigned(
  keys: readonly CryptoKey[],
  message: Uint8Array<ArrayBuffer>,
  text: string,
): Promise<boolean> {
  const signature = new Uint8Array(base64url.decode(text));
  for (const key of keys) if (await crypto.subtle.verify(HMAC, key, signature, message)) return true;
  return false;
}

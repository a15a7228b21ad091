import { isCanonicalBase64url } from './base64url.ts';

/** The parts of a compact JWE with direct encryption: `header..iv.ciphertext.tag` (RFC 7516 §3.1). */
export interface HandleParts {
  readonly header: string;
  readonly iv: string;
  readonly ciphertext: string;
  readonly tag: string;
}

/**
 * Splits a handle; `undefined` when it is not exactly a compact JWE as a sealer writes it: five segments, no encrypted
 * key, 12 bytes of initialisation vector, 16 bytes of tag, and every segment canonical, so that one sealed state has
 * one spelling and no bit can change unseen.
 */
export function parseHandle(handle: string): HandleParts | undefined {
  const segments = handle.split('.', 6);
  const [header, encryptedKey, iv, ciphertext, tag] = segments;
  if (segments.length !== 5 || !header || encryptedKey !== '' || !iv || !ciphertext || !tag) return undefined;
  if (iv.length !== IV_CHARACTERS || tag.length !== TAG_CHARACTERS) return undefined;
  if (!isCanonicalBase64url(ciphertext) || !isCanonicalBase64url(iv) || !isCanonicalBase64url(tag))
    return undefined;
  return { header, iv, ciphertext, tag };
}

/** Joins the parts of a handle. */
export function joinHandle(parts: HandleParts): string {
  return `${parts.header}..${parts.iv}.${parts.ciphertext}.${parts.tag}`;
}

/** The parts of a well-formed handle about as long as `length` that no key opens: what a malformed one is replaced with. */
export function standInHandle(header: string, length: number): HandleParts {
  const ciphertext = 'A'.repeat(Math.max(1, Math.floor(length / 4)) * 4);
  return { header, iv: 'A'.repeat(IV_CHARACTERS), ciphertext, tag: 'A'.repeat(TAG_CHARACTERS) };
}

/** What a handle is sealed for. A handle opens only with exactly the same three. */
export interface SealContext {
  /** The kind of handle, such as `request-state` or `task-id`: handles of one kind are never taken for another. */
  readonly purpose: string;
  /** Who may use it: a stable identifier of the principal. Anonymous callers all share the one they are given. */
  readonly principal: string;
  /** What it was minted for, usually a `digest` of the request's method, name and arguments. */
  readonly binding: string;
}

/** The plaintext of a handle, before its data is parsed. */
export interface Payload {
  /** Whether it was sealed for the context asked about. */
  readonly forContext: boolean;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  /** JSON text, as UTF-8. */
  readonly data: Uint8Array;
}

/** Bytes that a payload adds to its data: version, context digest, expiry. */
export const PAYLOAD_OVERHEAD: number = 1 + 32 + 8;

/** Resolves to the SHA-256 digest of a context. */
export async function contextDigest(context: SealContext): Promise<Uint8Array> {
  // A JSON array keeps the three apart, whatever characters they hold.
  const text = JSON.stringify([context.purpose, context.principal, context.binding]);
  return new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
}

/** Writes a payload: version byte, 32 bytes of context digest, expiry as a 64-bit float, then the data. */
export function writePayload(digest: Uint8Array, expiresAt: number, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(PAYLOAD_OVERHEAD + data.length);
  bytes[0] = VERSION;
  bytes.set(digest, DIGEST_OFFSET);
  new DataView(bytes.buffer).setFloat64(EXPIRY_OFFSET, expiresAt);
  bytes.set(data, PAYLOAD_OVERHEAD);
  return bytes;
}

/** Reads a payload and compares its context digest in constant time. Bytes too short or of another version match nothing. */
export function readPayload(bytes: Uint8Array, digest: Uint8Array): Payload {
  const whole = bytes.length >= PAYLOAD_OVERHEAD ? bytes : new Uint8Array(PAYLOAD_OVERHEAD);
  const view = new DataView(whole.buffer, whole.byteOffset, whole.byteLength);
  return {
    forContext: differences(whole, digest) === 0,
    expiresAt: view.getFloat64(EXPIRY_OFFSET),
    data: whole.subarray(PAYLOAD_OVERHEAD),
  };
}

// ---------------------------------------------------------------------------------------------------------------------

const IV_CHARACTERS = 16;
const TAG_CHARACTERS = 22;

const VERSION = 1;
const DIGEST_OFFSET = 1;
const EXPIRY_OFFSET = 33;

function differences(payload: Uint8Array, digest: Uint8Array): number {
  let found = (payload[0] ?? 0) ^ VERSION;
  for (let index = 0; index < 32; index += 1) {
    found |= (payload[DIGEST_OFFSET + index] ?? 0) ^ (digest[index] ?? 0);
  }
  return found;
}

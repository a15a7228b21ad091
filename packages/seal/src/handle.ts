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

// ---------------------------------------------------------------------------------------------------------------------

const IV_CHARACTERS = 16;
const TAG_CHARACTERS = 22;

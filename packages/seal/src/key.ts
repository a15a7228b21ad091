import { decodeBase64url, encodeBase64url } from './base64url.ts';

/** One secret of a key ring. */
export interface SealKey {
  /** Names the key inside every handle it seals, readable by the holder: 1–64 characters of `A–Z a–z 0–9 . _ -`. */
  readonly id: string;
  /** 32 random bytes, as bytes or as unpadded base64url (43 characters). */
  readonly secret: Uint8Array | string;
}

/**
 * Makes a fresh random key. Its secret is base64url text, ready for `formatKeys` and an environment variable.
 * The id defaults to a random one.
 */
export function randomKey(id: string = encodeBase64url(randomBytes(6))): SealKey {
  checkKeyId(id);
  return { id, secret: encodeBase64url(randomBytes(KEY_BYTES)) };
}

/**
 * Reads keys from text such as an environment variable: `id:secret`, several separated by commas or white space; the
 * first seals, all open. Throws a TypeError that names the entry at fault, never its secret.
 */
export function parseKeys(text: string): readonly SealKey[] {
  const entries = text.split(/[\s,]+/).filter((entry) => entry !== '');
  if (entries.length === 0)
    throw new TypeError('No key found: expected "id:secret", several separated by commas');
  return entries.map(parseKey);
}

/** Writes keys as the text that `parseKeys` reads: `id:secret,id:secret`. The text is secret. */
export function formatKeys(keys: readonly SealKey[]): string {
  return keys.map((key) => `${key.id}:${encodeBase64url(secretBytes(key))}`).join(',');
}

/** The 32 bytes of a key's secret. Throws a TypeError that names the key when they are anything else. */
export function secretBytes(key: SealKey): Uint8Array {
  checkKeyId(key.id);
  const bytes = typeof key.secret === 'string' ? decodeBase64url(key.secret) : key.secret;
  if (!(bytes instanceof Uint8Array) || bytes.length !== KEY_BYTES) {
    throw new TypeError(
      `The secret of key "${key.id}" must be ${KEY_BYTES} bytes, or their unpadded base64url text`,
    );
  }
  if (bytes.every((byte) => byte === bytes[0])) {
    throw new TypeError(`The secret of key "${key.id}" is not random: make one with randomKey()`);
  }
  return bytes.slice();
}

// ---------------------------------------------------------------------------------------------------------------------

const KEY_BYTES = 32;

function parseKey(entry: string, index: number): SealKey {
  const colon = entry.indexOf(':');
  if (colon < 1) throw new TypeError(`Key ${index + 1} must have the form "id:secret"`);
  const key: SealKey = { id: entry.slice(0, colon), secret: entry.slice(colon + 1) };
  secretBytes(key);
  return key;
}

function checkKeyId(id: string): void {
  if (typeof id !== 'string' || !/^[A-Za-z0-9._-]{1,64}$/.test(id)) {
    throw new TypeError('A key id must be 1 to 64 characters of A-Z a-z 0-9 . _ -');
  }
}

function randomBytes(count: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(count));
}

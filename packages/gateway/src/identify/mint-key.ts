import { randomBytes } from 'node:crypto';
import { expiryOf, hashOf, KEY_PREFIX, type KeyEntry } from './keys.ts';

/** A key that has just been made. */
export interface MintedKey {
  /** The key itself: for the caller, and for nobody else. It cannot be had again. */
  readonly key: string;
  /** What belongs into the list of keys. */
  readonly entry: KeyEntry;
}

const KEY_BYTES = 32;

/** Makes an API key of 256 random bits, for `identify.keys`. Throws `TypeError` where `expires` is no date of the calendar. */
export function mintApiKey(about: Omit<KeyEntry, 'hash'>): MintedKey {
  const key = `${KEY_PREFIX}${randomBytes(KEY_BYTES).toString('base64url')}`;
  const { name, ...rest } = about;
  if (rest.expires !== undefined && expiryOf(rest.expires) === undefined)
    throw new TypeError(`"${rest.expires}" is no date of the calendar`);
  return { key, entry: { name, hash: hashOf(key), ...rest } };
}

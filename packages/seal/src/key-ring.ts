import type { CryptoKey } from 'jose';
import { encodeBase64url } from './base64url.ts';
import { type SealKey, secretBytes } from './key.ts';

/**
 * An immutable set of keys: the first seals, all open.
 *
 * To change keys with no interruption, in this order, each step on every instance before the next:
 * 1. add the new key *after* the old one: every instance can open what it will seal;
 * 2. move it to the front: every instance seals with it, old handles still open;
 * 3. when the longest time to live has passed, take the old key out.
 */
export class KeyRing {
  /** The ids of the keys, the sealing one first. */
  readonly ids: readonly string[];
  readonly #sealing: RingKey;
  readonly #byHeader: ReadonlyMap<string, RingKey>;

  /** Throws a TypeError when there is no key, more than 16, a repeated id, or a secret that is not 32 random bytes. */
  constructor(keys: readonly SealKey[]) {
    const ringKeys = keys.map((key) => new RingKey(key));
    const [first] = ringKeys;
    if (first === undefined) throw new TypeError('A key ring needs at least one key');
    if (ringKeys.length > MAX_KEYS) throw new TypeError(`A key ring holds at most ${MAX_KEYS} keys`);
    this.ids = Object.freeze(ringKeys.map((key) => key.id));
    if (new Set(this.ids).size !== this.ids.length)
      throw new TypeError('Two keys of a key ring have the same id');
    this.#sealing = first;
    this.#byHeader = new Map(ringKeys.map((key) => [key.header, key]));
    Object.freeze(this);
  }

  /** The key that seals. */
  sealingKey(): RingKey {
    return this.#sealing;
  }

  /** The key whose handles begin with this encoded header, if the ring has it. */
  openingKey(header: string): RingKey | undefined {
    return this.#byHeader.get(header);
  }
}

/** One key of a ring, ready for use: it cannot be exported again. */
export class RingKey {
  readonly id: string;
  /** The protected header of every handle sealed by this key (RFC 7516 §4). */
  readonly protectedHeader: ProtectedHeader;
  /** The same header, encoded: the first segment of the handle. */
  readonly header: string;
  readonly #secret: Uint8Array;
  #imported: Promise<CryptoKey> | undefined;

  constructor(key: SealKey) {
    this.#secret = secretBytes(key);
    this.id = key.id;
    this.protectedHeader = Object.freeze({ alg: 'dir', enc: 'A256GCM', kid: key.id });
    this.header = encodeBase64url(new TextEncoder().encode(JSON.stringify(this.protectedHeader)));
  }

  /** The key for WebCrypto, imported on first use. */
  cryptoKey(): Promise<CryptoKey> {
    this.#imported ??= importKey(this.#secret);
    return this.#imported;
  }
}

/** The protected header of a handle. */
export interface ProtectedHeader {
  readonly alg: 'dir';
  readonly enc: 'A256GCM';
  readonly kid: string;
}

/** Makes a key ring: the first key seals, all open. See `KeyRing` for the order of a rotation. */
export function createKeyRing(keys: readonly SealKey[]): KeyRing {
  return new KeyRing(keys);
}

// ---------------------------------------------------------------------------------------------------------------------

const MAX_KEYS = 16;

function importKey(secret: Uint8Array): Promise<CryptoKey> {
  // A copy, since the type of `secret` does not exclude shared memory, which WebCrypto refuses.
  return crypto.subtle.importKey('raw', new Uint8Array(secret), 'AES-GCM', false, ['encrypt', 'decrypt']);
}

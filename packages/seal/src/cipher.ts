import type { CryptoKey } from 'jose';
import type { ProtectedHeader } from './key-ring.ts';

/** The authenticated encryption behind a sealer. */
export interface Cipher {
  /** Resolves to a compact JWE (RFC 7516 §3.1) with a fresh random initialisation vector. */
  encrypt(plaintext: Uint8Array, header: ProtectedHeader, key: CryptoKey): Promise<string>;
  /** Resolves to the plaintext, or `undefined` when the tag does not verify. */
  decrypt(token: string, key: CryptoKey): Promise<Uint8Array | undefined>;
}

/** The cipher that `jose` implements, loaded on first use. */
export function joseCipher(): Cipher {
  return {
    async encrypt(plaintext, header, key) {
      const { CompactEncrypt } = await import('jose/jwe/compact/encrypt');
      return new CompactEncrypt(plaintext).setProtectedHeader({ ...header }).encrypt(key);
    },
    async decrypt(token, key) {
      const { compactDecrypt } = await import('jose/jwe/compact/decrypt');
      try {
        return (await compactDecrypt(token, key, DECRYPT_OPTIONS)).plaintext;
      } catch {
        // Every failure is the same refusal: the token comes from outside and its shape was checked before.
        return undefined;
      }
    },
  };
}

const DECRYPT_OPTIONS = {
  keyManagementAlgorithms: ['dir'],
  contentEncryptionAlgorithms: ['A256GCM'],
};

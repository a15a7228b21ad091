/*
 * Sealed handles: state that travels through a caller who can neither read nor alter it.
 *
 * - handle     encrypted and authenticated state, as text: a compact JWE. Any instance that shares the keys opens it.
 * - context    what a handle is sealed for: purpose, principal, binding. It opens for exactly the same.
 * - binding    what within the purpose: usually a digest of the request that the handle continues.
 * - key ring   the keys at one time: the first seals, all open. It changes in steps that never shut out a live handle.
 * - nonce      the id of a handle, consumed in a store shared by all instances where a handle may be used only once.
 */
export { canonicalJson, digest } from './digest.ts';
export type { SealContext } from './handle.ts';
export type { JSONValue } from './json.ts';
export { formatKeys, parseKeys, randomKey, type SealKey } from './key.ts';
export { createKeyRing, type KeyRing } from './key-ring.ts';
export { type MemoryNonceStoreOptions, memoryNonceStore, type NonceStore } from './nonce-store.ts';
export { createSealer, type Opened, type Sealer, type SealerOptions, type SealOptions } from './sealer.ts';

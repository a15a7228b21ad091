export { canonicalJson, digest } from './digest.ts';
export type { SealContext } from './handle.ts';
export type { JSONValue } from './json.ts';
export { formatKeys, parseKeys, randomKey, type SealKey } from './key.ts';
export { createKeyRing, type KeyRing } from './key-ring.ts';
export { type MemoryNonceStoreOptions, memoryNonceStore, type NonceStore } from './nonce-store.ts';
export { createSealer, type Opened, type Sealer, type SealerOptions, type SealOptions } from './sealer.ts';

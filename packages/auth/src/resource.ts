export { formatChallenge } from './challenge.ts';
export { AuthError, type AuthErrorCode, type AuthErrorDetails } from './errors.ts';
export type { Dial, Fetch } from './http.ts';
export type { NonceOptions } from './resource/dpop-nonce.ts';
export type { IntrospectionOptions, TrustedIssuer } from './resource/issuer.ts';
export { createMetadataHandler, metadataUrl, type ResourceMetadata } from './resource/metadata.ts';
export type { DpopOptions, ResourceVerifierOptions } from './resource/options.ts';
export type { RequestCredentials, TokenDenial, TokenPrincipal } from './resource/principal.ts';
export {
  type MemoryReplayStoreOptions,
  memoryReplayStore,
  type ReplayStore,
} from './resource/replay-store.ts';
export type { Operation, ScopeRules } from './resource/required-scopes.ts';
export type { CheckedToken, KnownToken } from './resource/token-cache.ts';
export { createTokenChecks, type TokenChecks, type TokenChecksOptions } from './resource/token-checks.ts';
export { createResourceVerifier, type ResourceVerifier } from './resource/verifier.ts';

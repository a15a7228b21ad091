import type { Fetch } from '../http.ts';
import type { NonceOptions } from './dpop-nonce.ts';
import type { TrustedIssuer } from './issuer.ts';
import type { ReplayStore } from './replay-store.ts';
import type { ScopeRules } from './required-scopes.ts';

/** How a resource verifier is set up. */
export interface ResourceVerifierOptions {
  /** The URL by which clients call the server: the audience of its tokens. Without fragment. */
  readonly resource: string;
  /** Whose tokens are accepted: at least one. Nobody else's are, whoever signed them. */
  readonly issuers: readonly TrustedIssuer[];
  /** Which scopes requests need. @default none */
  readonly scopes?: ScopeRules;
  /** Which scopes a scope implies, where broader ones contain narrower ones. @default none do */
  readonly impliedScopes?: Readonly<Record<string, readonly string[]>>;
  /** The scopes that the metadata advertise: the least that is of use. @default `scopes.always` */
  readonly scopesSupported?: readonly string[];
  /** The name that the metadata give the server. */
  readonly name?: string;
  /** The claim that names the caller's tenant. A token without it is refused. @default tenants are not told apart */
  readonly tenantClaim?: string;
  /** How far the clocks of issuers and clients may be off, in milliseconds. @default 30_000 */
  readonly clockToleranceMs?: number;
  /** How long the outcome of checking a token is remembered, in milliseconds: how late a revocation is noticed. @default 60_000 */
  readonly cacheMs?: number;
  /** How many tokens are remembered. @default 10_000 */
  readonly maxCachedTokens?: number;
  /** Tokens bound to a key of the client. */
  readonly dpop?: DpopOptions;
  /** Hosts in a private network that metadata may name, beside those of the issuers. @default none, unless the resource is private itself */
  readonly privateHosts?: readonly string[];
  /** What fetches keys and metadata. @default globalThis.fetch */
  readonly fetch?: Fetch;
  /** The current time in milliseconds since the epoch. @default Date.now */
  readonly now?: () => number;
}

/** How proofs of possession are treated. Bound tokens always need one. Spec: RFC 9449. */
export interface DpopOptions {
  /** Whether tokens that are not bound are refused. @default false */
  readonly required?: boolean;
  /** Which signatures proofs may have; asymmetric ones only. @default as for tokens */
  readonly algorithms?: readonly string[];
  /** How old a proof may be, in milliseconds, and how far in the future. @default 60_000 */
  readonly windowMs?: number;
  /** Remembers the proofs seen. Where several instances serve one resource, they must share it. @default in memory */
  readonly replay?: ReplayStore;
  /** Nonces that proofs must carry, so that none can be made beforehand and kept. Costs a client one more request every `lifetimeMs`. @default none are asked for */
  readonly nonces?: NonceOptions;
}

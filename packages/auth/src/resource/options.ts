import type { NonceOptions } from './dpop-nonce.ts';
import type { ReplayStore } from './replay-store.ts';
import type { ScopeRules } from './required-scopes.ts';
import type { TokenChecks, TokenChecksOptions } from './token-checks.ts';

/** How a resource verifier is set up. */
export interface ResourceVerifierOptions extends TokenChecksOptions {
  /** The URL by which clients call the server: the audience of its tokens. Without fragment. */
  readonly resource: string;
  /** Checks that other resources share; how tokens are checked and remembered is theirs to say then. @default made from these options */
  readonly checks?: TokenChecks;
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
  /** Tokens bound to a key of the client. */
  readonly dpop?: DpopOptions;
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

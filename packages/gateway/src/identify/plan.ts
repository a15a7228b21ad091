import type { TrustedIssuer } from '@switchyard/auth/resource';
import type { SecretRef } from '../config/secret.ts';
import type { CertificateRule } from './certificates.ts';
import type { KeyEntry } from './keys.ts';
import type { ScopesConfig } from './scopes.ts';

/** How callers are identified, ready to run. */
export interface IdentifyPlan {
  readonly issuers: readonly IssuerPlan[];
  readonly tenantClaim: string | undefined;
  readonly impliedScopes: Readonly<Record<string, readonly string[]>>;
  readonly scopes: ScopesConfig;
  readonly clockToleranceMs: number;
  readonly rememberMs: number;
  readonly dpop: DpopPlan;
  /** `undefined` where there are no keys. */
  readonly keys: KeysPlan | undefined;
  readonly certificates: readonly CertificateRule[];
  /** Whom nobody has to identify himself to: all servers, or those named. */
  readonly anonymous: boolean | ReadonlySet<string>;
  /** What stands before the paths of the gateway in URLs that clients use, without a slash at its end. */
  readonly publicUrl: string;
}

/** An authorization server whose tokens are accepted; the secret for its introspection is still to be read. */
export interface IssuerPlan extends Omit<TrustedIssuer, 'introspection'> {
  readonly introspection?: {
    readonly endpoint?: string;
    readonly clientId: string;
    readonly clientSecret: SecretRef;
    readonly always: boolean;
  };
}

/** How proofs of possession are treated. */
export interface DpopPlan {
  readonly required: boolean;
  readonly windowMs: number;
}

/** Where API keys stand. */
export type KeysPlan = { readonly file: string } | { readonly entries: readonly KeyEntry[] };

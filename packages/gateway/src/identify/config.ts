import type { SecretRef } from '../config/secret.ts';
import type { DurationText } from '../config/units.ts';
import type { CertificateRule } from './certificates.ts';
import type { KeyEntry } from './keys.ts';
import type { ScopesConfig } from './scopes.ts';

/** `identify`: who may call, and how callers show who they are. */
export interface IdentifyConfig {
  readonly issuers?: readonly IssuerConfig[];
  readonly tenantClaim?: string;
  readonly impliedScopes?: Readonly<Record<string, readonly string[]>>;
  readonly scopes?: ScopesConfig;
  readonly clockTolerance?: DurationText;
  readonly remember?: DurationText;
  readonly dpop?: DpopConfig;
  readonly keys?: KeysConfig;
  readonly certificates?: readonly CertificateRule[];
  readonly anonymous?: boolean | readonly string[];
}

/** An authorization server whose tokens are accepted. */
export interface IssuerConfig {
  readonly issuer: string;
  readonly jwksUri?: string;
  readonly algorithms?: readonly string[];
  readonly audiences?: readonly string[];
  readonly introspection?: IntrospectionConfig;
}

/** How an authorization server is asked about a token. */
export interface IntrospectionConfig {
  readonly endpoint?: string;
  readonly clientId: string;
  readonly clientSecret: SecretRef;
  readonly always?: boolean;
}

/** How proofs of possession are treated. */
export interface DpopConfig {
  readonly required?: boolean;
  readonly window?: DurationText;
}

/** API keys: their hashes, here or in a file of their own. */
export type KeysConfig = readonly KeyEntry[] | { readonly file: string };

import { formatChallenge } from '../challenge.ts';
import type { TokenDenial } from './principal.ts';

/** What challenges say of a resource. */
export interface ChallengeOptions {
  readonly metadataUrl: string;
  /** The scopes named where a request needs none in particular. */
  readonly defaultScopes: readonly string[];
  readonly schemes: readonly ('Bearer' | 'DPoP')[];
  readonly proofAlgorithms: readonly string[];
}

/** Refuses a request without a token, or with one that is not valid. Spec: RFC 6750 §3, RFC 9728 §5.1, RFC 9449 §7.1. */
export function unauthorized(
  options: ChallengeOptions,
  required: readonly string[] = [],
  error?: string,
): TokenDenial {
  const scopes = required.length > 0 ? required : options.defaultScopes;
  const parameters = {
    error,
    scope: scopes.length === 0 ? undefined : scopes.join(' '),
    resource_metadata: options.metadataUrl,
  };
  const algs = options.proofAlgorithms.join(' ');
  const challenges = options.schemes.map((scheme) =>
    formatChallenge(scheme, scheme === 'DPoP' ? { ...parameters, algs } : parameters),
  );
  return { denied: true, status: 401, challenge: challenges.join(', ') };
}

/** Refuses a request whose token permits too little. Spec: basic/authorization#runtime-insufficient-scope-errors. */
export function insufficientScope(
  { metadataUrl }: ChallengeOptions,
  required: readonly string[],
  scheme: 'bearer' | 'dpop',
): TokenDenial {
  const scope = required.length === 0 ? undefined : required.join(' ');
  const parameters = { error: 'insufficient_scope', scope, resource_metadata: metadataUrl };
  const challenge = formatChallenge(scheme === 'dpop' ? 'DPoP' : 'Bearer', parameters);
  return { denied: true, status: 403, challenge };
}

import { missingScopes } from '../scopes.ts';
import { insufficientScope, unauthorized } from './denial.ts';
import { checkProof, type ProofOutcome } from './dpop-proof.ts';
import { claimedIssuer } from './jwt-check.ts';
import { createMetadataHandler, type ResourceMetadata } from './metadata.ts';
import type { ResourceVerifierOptions } from './options.ts';
import { type PresentedToken, presentedToken, toPrincipal } from './presented-token.ts';
import type { RequestCredentials, TokenDenial, TokenPrincipal } from './principal.ts';
import { requiredScopes } from './required-scopes.ts';
import { type Setup, toSetup } from './setup.ts';
import type { CheckedToken } from './token-cache.ts';

/** Checks the tokens of requests to one resource. */
export interface ResourceVerifier {
  /**
   * Says who sends a request, or refuses it: 401 without a token or with one that is not valid, 403 where its scopes do not
   * suffice. To be given to `createServer` as `authenticate`. Rejects with an `AuthError` when it cannot tell because the
   * authorization server cannot be reached. Spec: basic/authorization#access-token-usage.
   */
  authenticate(credentials: RequestCredentials): Promise<TokenPrincipal | TokenDenial>;
  /** The protected resource metadata. */
  readonly metadata: ResourceMetadata;
  /** Where the metadata must be served. */
  readonly metadataUrl: string;
  /** Answers requests for the metadata, and `undefined` to all others. */
  handleMetadata(request: Request): Response | undefined;
}

/**
 * Makes the verifier of a resource: JWTs by the keys of their issuer, other tokens by introspection; issuer and audience always
 * checked. Throws `TypeError` for options that would be no protection.
 */
export function createResourceVerifier(options: ResourceVerifierOptions): ResourceVerifier {
  const setup = toSetup(options);
  const handleMetadata = createMetadataHandler(setup.metadata);
  return {
    authenticate: (credentials) => authenticate(credentials, setup),
    metadata: setup.metadata,
    metadataUrl: setup.metadataUrl,
    handleMetadata,
  };
}

// ---

async function authenticate(
  credentials: RequestCredentials,
  setup: Setup,
): Promise<TokenPrincipal | TokenDenial> {
  const { options } = setup;
  const required = requiredScopes(options.scopes ?? {}, credentials);
  const presented = presentedToken(credentials);
  if (presented === undefined) return unauthorized(setup.challenge, required);
  const checked = await check(presented.token, setup);
  const principal = checked && toPrincipal(checked, options);
  if (checked === undefined || principal === undefined)
    return unauthorized(setup.challenge, required, 'invalid_token');
  const proof = await proofOf({ ...presented, claims: checked.claims }, credentials, setup);
  if (proof === 'nonce' || proof === 'renew') await sendNonce(credentials, setup);
  if (proof === 'nonce') return unauthorized(nonceChallenge(setup), required, 'use_dpop_nonce');
  if (proof === 'unsound') {
    const error = presented.scheme === 'dpop' ? 'invalid_dpop_proof' : 'invalid_token';
    return unauthorized(setup.challenge, required, error);
  }
  if (required === undefined || missingScopes(required, principal.scopes).length > 0)
    return insufficientScope(setup.challenge, required ?? [], presented.scheme);
  return principal;
}

async function check(token: string, { cache, issuers }: Setup): Promise<CheckedToken | undefined> {
  return cache.through(token, async () => {
    const claimed = claimedIssuer(token);
    const issuer = issuers.find((each) => each.issuer === claimed);
    if (issuer !== undefined) return issuer.jwt(token);
    // A token that names an issuer is nobody else's to judge.
    if (claimed !== undefined) return undefined;
    for (const { opaque } of issuers) {
      const checked = await opaque?.(token);
      if (checked !== undefined) return checked;
    }
    return undefined;
  });
}

/** A bound token needs a proof, whatever scheme it comes with; one bound by other means than DPoP cannot be checked. */
async function proofOf(
  { scheme, token, claims }: PresentedToken & Pick<CheckedToken, 'claims'>,
  credentials: RequestCredentials,
  { options, proof }: Setup,
): Promise<ProofOutcome> {
  const { cnf } = claims;
  if (cnf === undefined) return scheme === 'bearer' && options.dpop?.required !== true ? 'sound' : 'unsound';
  const thumbprint = typeof cnf === 'object' && cnf !== null && 'jkt' in cnf ? cnf.jkt : undefined;
  if (typeof thumbprint !== 'string' || scheme !== 'dpop') return 'unsound';
  return checkProof(credentials.header('dpop'), { token, thumbprint, verb: credentials.verb }, proof);
}

async function sendNonce(credentials: RequestCredentials, { proof }: Setup): Promise<void> {
  const nonce = await proof.nonces?.current();
  if (nonce === undefined) return;
  if (credentials.alsoSend === undefined)
    throw new TypeError('Nonces need alsoSend, which adds headers to the answer.');
  // A cache must not hand one client's nonce to another. Spec: RFC 9449 §8.2.
  credentials.alsoSend({ 'dpop-nonce': nonce, 'cache-control': 'no-store' });
}

/** Only a proof can carry a nonce. */
function nonceChallenge({ challenge }: Setup): Setup['challenge'] {
  return { ...challenge, schemes: ['DPoP'] };
}

import { missingScopes, unionScopes } from '../scopes.ts';
import { isForUs } from './audience.ts';
import { insufficientScope, unauthorized } from './denial.ts';
import { checkProof, type ProofOutcome } from './dpop-proof.ts';
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
  /**
   * What `authenticate` would resolve to, where that is known without waiting: there is no token, or one that has been checked
   * lately and needs no proof. `undefined` otherwise.
   */
  authenticateNow(credentials: RequestCredentials): TokenPrincipal | TokenDenial | undefined;
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
    authenticate: (credentials) => authenticate(toAsked(credentials, setup), setup),
    authenticateNow: (credentials) => authenticateNow(toAsked(credentials, setup), setup),
    metadata: setup.metadata,
    metadataUrl: setup.metadataUrl,
    handleMetadata,
  };
}

// ---

/** A request, as far as it matters here. */
interface Asked {
  readonly credentials: RequestCredentials;
  readonly presented: PresentedToken | undefined;
  /** `undefined` where it cannot be said what the request needs: nothing is permitted then. */
  readonly required: readonly string[] | undefined;
}

function toAsked(credentials: RequestCredentials, { options }: Setup): Asked {
  const { needs } = credentials;
  const rules = options.scopes === undefined ? [] : requiredScopes(options.scopes, credentials);
  const required = needs === undefined || rules === undefined ? rules : unionScopes(rules, needs);
  return { credentials, presented: presentedToken(credentials), required };
}

async function authenticate(asked: Asked, setup: Setup): Promise<TokenPrincipal | TokenDenial> {
  const { presented, credentials } = asked;
  if (presented === undefined) return unauthorized(setup.challenge, asked.required);
  const checked = await setup.checks.check(presented.token);
  const outcome = judge(checked, asked, setup);
  if (!(outcome instanceof Bound)) return outcome;
  const subject = { token: presented.token, thumbprint: outcome.thumbprint, verb: credentials.verb };
  const proof = await checkProof(credentials.header('dpop'), subject, setup.proof);
  if (proof === 'nonce' || proof === 'renew') await sendNonce(credentials, setup);
  return concluded(proof, outcome.principal, { asked, setup });
}

function authenticateNow(asked: Asked, setup: Setup): TokenPrincipal | TokenDenial | undefined {
  const { presented } = asked;
  if (presented === undefined) return unauthorized(setup.challenge, asked.required);
  const known = setup.checks.known(presented.token);
  if (known === undefined) return undefined;
  const outcome = judge(known.checked, asked, setup);
  return outcome instanceof Bound ? undefined : outcome;
}

/** A token that counts if its sender proves to hold the key with that thumbprint. */
class Bound {
  readonly principal: TokenPrincipal;
  readonly thumbprint: string;

  constructor(principal: TokenPrincipal, thumbprint: string) {
    this.principal = principal;
    this.thumbprint = thumbprint;
  }
}

/** Decides on a token whose signature and times are known, as far as that goes without its proof. */
function judge(
  checked: CheckedToken | undefined,
  asked: Asked,
  setup: Setup,
): TokenPrincipal | TokenDenial | Bound {
  const principal = checked && principalOf(checked, setup);
  if (checked === undefined || principal === undefined)
    return unauthorized(setup.challenge, asked.required, 'invalid_token');
  const binding = bindingOf(checked, asked, setup);
  if (typeof binding === 'string') return concluded(binding, principal, { asked, setup });
  return new Bound(principal, binding.thumbprint);
}

/** Whom a token speaks for, if it is meant for this resource. */
function principalOf(checked: CheckedToken, setup: Setup): TokenPrincipal | undefined {
  const { principals, options, resource } = setup;
  if (principals.has(checked)) return principals.get(checked);
  const ours = isForUs(checked.claims['aud'], checked.trusted.audiences ?? [resource]);
  const principal = ours ? toPrincipal(checked, options) : undefined;
  principals.set(checked, principal);
  return principal;
}

function concluded(
  proof: ProofOutcome,
  principal: TokenPrincipal,
  { asked, setup }: { readonly asked: Asked; readonly setup: Setup },
): TokenPrincipal | TokenDenial {
  const { required } = asked;
  const scheme = asked.presented?.scheme ?? 'bearer';
  if (proof === 'nonce') return unauthorized(nonceChallenge(setup), required, 'use_dpop_nonce');
  if (proof === 'unsound') {
    const error = scheme === 'dpop' ? 'invalid_dpop_proof' : 'invalid_token';
    return unauthorized(setup.challenge, required, error);
  }
  if (required === undefined || missingScopes(required, principal.scopes).length > 0)
    return insufficientScope(setup.challenge, required ?? [], scheme);
  return principal;
}

/**
 * A bound token needs what it is bound to, whatever scheme it comes with: `sound` or `unsound` where that can be told at once,
 * the thumbprint where it takes a proof. One bound by unknown means cannot be checked.
 */
function bindingOf(
  { claims: { cnf } }: CheckedToken,
  { credentials, presented }: Asked,
  { options }: Setup,
): 'sound' | 'unsound' | { readonly thumbprint: string } {
  const bearable = presented?.scheme === 'bearer' && options.dpop?.required !== true;
  if (cnf === undefined) return bearable ? 'sound' : 'unsound';
  if (typeof cnf !== 'object' || cnf === null) return 'unsound';
  const certificate = 'x5t#S256' in cnf ? cnf['x5t#S256'] : undefined;
  const held = certificate !== undefined && certificate === credentials.certificate;
  if (certificate !== undefined && !held) return 'unsound';
  const thumbprint = 'jkt' in cnf ? cnf.jkt : undefined;
  if (thumbprint === undefined) return held && bearable ? 'sound' : 'unsound';
  return typeof thumbprint === 'string' && presented?.scheme === 'dpop' ? { thumbprint } : 'unsound';
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

import { isPrivateHost } from '../discovery/addresses.ts';
import { canonicalResource } from './audience.ts';
import type { ChallengeOptions } from './denial.ts';
import { createNonces } from './dpop-nonce.ts';
import { DEFAULT_PROOF_ALGORITHMS, type ProofCheckOptions } from './dpop-proof.ts';
import { assertAsymmetric } from './issuer.ts';
import { metadataUrl, type ResourceMetadata } from './metadata.ts';
import type { ResourceVerifierOptions } from './options.ts';
import type { TokenPrincipal } from './principal.ts';
import { memoryReplayStore } from './replay-store.ts';
import type { CheckedToken } from './token-cache.ts';
import { createTokenChecks, type TokenChecks } from './token-checks.ts';

/** What a verifier is made of. */
export interface Setup {
  readonly options: ResourceVerifierOptions;
  readonly metadata: ResourceMetadata;
  readonly metadataUrl: string;
  readonly challenge: ChallengeOptions;
  readonly resource: string;
  readonly checks: TokenChecks;
  /** Whom tokens speak for at this resource; `undefined` for those that are not for it. */
  readonly principals: WeakMap<CheckedToken, TokenPrincipal | undefined>;
  readonly proof: ProofCheckOptions;
}

/** Makes the parts of a verifier. Throws `TypeError` for options that would be no protection. */
export function toSetup(options: ResourceVerifierOptions): Setup {
  const { dpop, now = Date.now } = options;
  const resource = canonicalResource(options.resource);
  assertResource(resource);
  if (dpop?.algorithms !== undefined) assertAsymmetric(dpop.algorithms);
  const proof = {
    resource,
    algorithms: dpop?.algorithms ?? DEFAULT_PROOF_ALGORITHMS,
    now,
    windowMs: dpop?.windowMs ?? 60_000,
    replay: dpop?.replay ?? memoryReplayStore({ now }),
    nonces: dpop?.nonces === undefined ? undefined : createNonces(dpop.nonces, resource, now),
  };
  const metadata = toMetadata(options, resource);
  const url = metadataUrl(resource).href;
  return {
    options,
    metadata,
    metadataUrl: url,
    challenge: {
      metadataUrl: url,
      defaultScopes: metadata.scopes_supported ?? [],
      schemes: [
        ...(dpop?.required === true ? [] : ['Bearer' as const]),
        ...(dpop === undefined ? [] : ['DPoP' as const]),
      ],
      proofAlgorithms: proof.algorithms,
    },
    resource,
    checks: options.checks ?? createTokenChecks({ ...options, resource }),
    principals: new WeakMap(),
    proof,
  };
}

// ---

function assertResource(resource: string): void {
  if (!URL.canParse(resource) || resource.includes('#'))
    throw new TypeError('The resource must be an absolute URL without fragment.');
  const { protocol, hostname } = new URL(resource);
  if (protocol !== 'https:' && !(protocol === 'http:' && isPrivateHost(hostname)))
    throw new TypeError('The resource must be https: tokens are not sent in the clear.');
}

function toMetadata(options: ResourceVerifierOptions, resource: string): ResourceMetadata {
  const { issuers, scopes, scopesSupported, name, dpop } = options;
  // Whether a client gets a refresh token is not for a resource to say. Spec: basic/authorization#refresh-tokens.
  const advertised = (scopesSupported ?? scopes?.always)?.filter((scope) => scope !== 'offline_access');
  return {
    resource,
    authorization_servers: issuers.map(({ issuer }) => issuer),
    bearer_methods_supported: ['header'],
    ...(advertised === undefined ? {} : { scopes_supported: advertised }),
    ...(name === undefined ? {} : { resource_name: name }),
    ...(dpop === undefined
      ? {}
      : { dpop_signing_alg_values_supported: dpop.algorithms ?? DEFAULT_PROOF_ALGORITHMS }),
    ...(dpop?.required === true ? { dpop_bound_access_tokens_required: true } : {}),
  };
}

import { isPrivateHost } from '../discovery/addresses.ts';
import { createGuard } from '../discovery/guard.ts';
import { canonicalResource } from './audience.ts';
import type { ChallengeOptions } from './denial.ts';
import { createNonces } from './dpop-nonce.ts';
import { DEFAULT_PROOF_ALGORITHMS, type ProofCheckOptions } from './dpop-proof.ts';
import { assertAsymmetric, type TrustedIssuer } from './issuer.ts';
import { createIssuerCheck, type IssuerCheck } from './issuer-check.ts';
import { metadataUrl, type ResourceMetadata } from './metadata.ts';
import type { ResourceVerifierOptions } from './options.ts';
import { memoryReplayStore } from './replay-store.ts';
import { createTokenCache, type TokenCache } from './token-cache.ts';

/** What a verifier is made of. */
export interface Setup {
  readonly options: ResourceVerifierOptions;
  readonly metadata: ResourceMetadata;
  readonly metadataUrl: string;
  readonly challenge: ChallengeOptions;
  readonly issuers: readonly IssuerCheck[];
  readonly cache: TokenCache;
  readonly proof: ProofCheckOptions;
}

/** Makes the parts of a verifier. Throws `TypeError` for options that would be no protection. */
export function toSetup(options: ResourceVerifierOptions): Setup {
  const { issuers, dpop, now = Date.now } = options;
  const resource = canonicalResource(options.resource);
  assertResource(resource);
  if (issuers.length === 0) throw new TypeError('At least one issuer must be trusted.');
  for (const { algorithms } of issuers) if (algorithms !== undefined) assertAsymmetric(algorithms);
  if (dpop?.algorithms !== undefined) assertAsymmetric(dpop.algorithms);
  const privateHosts = [...(options.privateHosts ?? []), ...issuers.flatMap(hostsOf)];
  const guard = createGuard({ server: new URL(resource), privateHosts });
  const http = { fetch: options.fetch ?? ((url, init) => globalThis.fetch(url, init)), guard };
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
  const common = { resource, http, now, clockToleranceMs: options.clockToleranceMs ?? 30_000 };
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
    issuers: issuers.map((trusted) => createIssuerCheck(trusted, common)),
    cache: createTokenCache({
      now,
      ttlMs: options.cacheMs ?? 60_000,
      maxTokens: options.maxCachedTokens ?? 10_000,
    }),
    proof,
  };
}

// ---

/** What is configured is trusted; what metadata name is not. */
function hostsOf({ issuer, jwksUri, introspection }: TrustedIssuer): readonly string[] {
  return [issuer, jwksUri, introspection?.endpoint].flatMap((url) =>
    url !== undefined && URL.canParse(url) ? [new URL(url).hostname] : [],
  );
}

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

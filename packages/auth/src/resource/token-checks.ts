import { createGuard } from '../discovery/guard.ts';
import type { Fetch } from '../http.ts';
import { assertAsymmetric, type TrustedIssuer } from './issuer.ts';
import { createIssuerCheck } from './issuer-check.ts';
import { claimedIssuer } from './jwt-check.ts';
import { type CheckedToken, createTokenCache, type KnownToken } from './token-cache.ts';

/** How tokens are checked, whichever resource they are for. */
export interface TokenChecksOptions {
  /** Whose tokens are accepted: at least one. Nobody else's are, whoever signed them. */
  readonly issuers: readonly TrustedIssuer[];
  /** A resource that the tokens are for. Where it is on this machine or in a private network, what metadata name may be there too. */
  readonly resource: string;
  /** How far the clocks of issuers and clients may be off, in milliseconds. @default 30_000 */
  readonly clockToleranceMs?: number;
  /** How long the outcome of checking a token is remembered, in milliseconds: how late a revocation is noticed. @default 60_000 */
  readonly cacheMs?: number;
  /** How many tokens are remembered. @default 10_000 */
  readonly maxCachedTokens?: number;
  /** Hosts in a private network that metadata may name, beside those of the issuers. @default none, unless the resource is private itself */
  readonly privateHosts?: readonly string[];
  /** What fetches keys and metadata. @default globalThis.fetch */
  readonly fetch?: Fetch;
  /** The current time in milliseconds since the epoch. @default Date.now */
  readonly now?: () => number;
}

/**
 * What is known of issuers, their keys and their tokens. Made once for all resources of a program, so that each issuer is
 * asked once. Says nothing of whom a token is for: that is for each resource to check.
 */
export interface TokenChecks {
  /** What is found of a token; `undefined` for one that is not valid. Rejects with an `AuthError` where nobody can be asked. */
  check(token: string): Promise<CheckedToken | undefined>;
  /** What has been found of a token lately; `undefined` where it must be checked. */
  known(token: string): KnownToken | undefined;
}

/** Makes the checks of the tokens of these issuers. Throws `TypeError` for options that would be no protection. */
export function createTokenChecks(options: TokenChecksOptions): TokenChecks {
  const { issuers, now = Date.now } = options;
  if (issuers.length === 0) throw new TypeError('At least one issuer must be trusted.');
  for (const { algorithms } of issuers) if (algorithms !== undefined) assertAsymmetric(algorithms);
  const privateHosts = [...(options.privateHosts ?? []), ...issuers.flatMap(hostsOf)];
  const guard = createGuard({ server: new URL(options.resource), privateHosts });
  const http = { fetch: options.fetch ?? ((url, init) => globalThis.fetch(url, init)), guard };
  const common = { http, now, clockToleranceMs: options.clockToleranceMs ?? 30_000 };
  const checks = issuers.map((trusted) => createIssuerCheck(trusted, common));
  const cache = createTokenCache({
    now,
    ttlMs: options.cacheMs ?? 60_000,
    maxTokens: options.maxCachedTokens ?? 10_000,
  });
  const ask = async (token: string): Promise<CheckedToken | undefined> => {
    const claimed = claimedIssuer(token);
    const issuer = checks.find((each) => each.issuer === claimed);
    if (issuer !== undefined) return issuer.jwt(token);
    // A token that names an issuer is nobody else's to judge.
    if (claimed !== undefined) return undefined;
    for (const { opaque } of checks) {
      const checked = await opaque?.(token);
      if (checked !== undefined) return checked;
    }
    return undefined;
  };
  return {
    check: (token) => cache.through(token, () => ask(token)),
    known: (token) => cache.known(token),
  };
}

// ---

/** What is configured is trusted; what metadata name is not. */
function hostsOf({ issuer, jwksUri, introspection }: TrustedIssuer): readonly string[] {
  return [issuer, jwksUri, introspection?.endpoint].flatMap((url) =>
    url !== undefined && URL.canParse(url) ? [new URL(url).hostname] : [],
  );
}

import type { JWTPayload, JWTVerifyGetKey, JWTVerifyOptions } from 'jose';
import { createRemoteJWKSet, customFetch, decodeJwt, errors, jwtVerify } from 'jose';
import type { AuthorizationServer } from 'oauth4webapi';
import { AuthError } from '../errors.ts';
import { type DocumentOptions, guardedFetch } from '../http.ts';
import { ASYMMETRIC_ALGORITHMS, type TrustedIssuer } from './issuer.ts';
import type { CheckedToken } from './token-cache.ts';

/** What the check of a JWT needs. */
export interface JwtCheckOptions {
  readonly trusted: TrustedIssuer;
  readonly http: DocumentOptions;
  readonly now: () => number;
  readonly clockToleranceMs: number;
  /** The metadata of the issuer, asked for when no `jwksUri` is given. */
  readonly metadata: () => Promise<AuthorizationServer>;
}

/** What `typ` an access token may have, in lower case: others are JWTs made for another purpose. Spec: RFC 9068 §4. */
const ACCESS_TOKEN_TYPES: readonly (string | undefined)[] = [
  'at+jwt',
  'application/at+jwt',
  'jwt',
  undefined,
];

/** The issuer that a token claims to be of; undefined for what is no JWT. Nothing else of it is believed. */
export function claimedIssuer(token: string): string | undefined {
  try {
    return decodeJwt(token).iss;
  } catch {
    return undefined;
  }
}

/**
 * Makes the check of one issuer's JWTs: signature by a key of the issuer, algorithm, type, issuer and times, and that there is an
 * audience, which is each resource's to check. Resolves to
 * `undefined` for a token that fails any; rejects with `unreachable` or `discovery` when the keys cannot be had. Keys are kept for
 * ten minutes; a key id not among them makes for one fetch, at most every thirty seconds.
 */
export function createJwtCheck(
  options: JwtCheckOptions,
): (token: string) => Promise<CheckedToken | undefined> {
  const keys = lazyKeys(options);
  const { trusted, clockToleranceMs } = options;
  return async (token) => {
    const getKey = await keys();
    const payload = await verified(token, getKey, {
      algorithms: [...(trusted.algorithms ?? ASYMMETRIC_ALGORITHMS)],
      issuer: trusted.issuer,
      requiredClaims: ['exp', 'aud', 'iss'],
      clockTolerance: clockToleranceMs / 1_000,
      currentDate: new Date(options.now()),
    });
    if (payload === undefined) return undefined;
    return { trusted, claims: payload, expiresAt: (payload.exp ?? 0) * 1_000 + clockToleranceMs };
  };
}

// ---

function lazyKeys({ trusted, http, metadata }: JwtCheckOptions): () => Promise<JWTVerifyGetKey> {
  const fetch = guardedFetch(http);
  const make = (uri: string): JWTVerifyGetKey =>
    createRemoteJWKSet(new URL(uri), { [customFetch]: (url, init) => fetch(url, init) });
  if (trusted.jwksUri !== undefined) {
    const keys = make(trusted.jwksUri);
    return async () => keys;
  }
  let keys: JWTVerifyGetKey | undefined;
  return async () => {
    if (keys !== undefined) return keys;
    const uri = (await metadata()).jwks_uri;
    if (uri === undefined || !URL.canParse(uri))
      throw new AuthError('discovery', `The metadata of ${trusted.issuer} name no keys.`);
    keys ??= make(uri);
    return keys;
  };
}

async function verified(
  token: string,
  getKey: JWTVerifyGetKey,
  options: JWTVerifyOptions,
): Promise<JWTPayload | undefined> {
  try {
    const { payload, protectedHeader } = await jwtVerify(token, getKey, options);
    return ACCESS_TOKEN_TYPES.includes(protectedHeader.typ?.toLowerCase()) ? payload : undefined;
  } catch (error) {
    if (error instanceof errors.JWKSMultipleMatchingKeys) return await withAnyKey(token, error, options);
    if (isFaultOfToken(error)) return undefined;
    if (error instanceof AuthError) throw error;
    throw new AuthError('unreachable', 'The keys of the authorization server could not be had.', {
      cause: error,
    });
  }
}

/** A token without a key id where several keys fit: one of them must verify it. */
async function withAnyKey(
  token: string,
  candidates: errors.JWKSMultipleMatchingKeys,
  options: JWTVerifyOptions,
): Promise<JWTPayload | undefined> {
  for await (const key of candidates) {
    const payload = await verified(token, async () => key, options);
    if (payload !== undefined) return payload;
  }
  return undefined;
}

/** The last one: the token's algorithm fits no key of the issuer. */
function isFaultOfToken(error: unknown): boolean {
  return (
    error instanceof errors.JWTInvalid ||
    error instanceof errors.JWTClaimValidationFailed ||
    error instanceof errors.JWTExpired ||
    error instanceof errors.JWSInvalid ||
    error instanceof errors.JWSSignatureVerificationFailed ||
    error instanceof errors.JOSEAlgNotAllowed ||
    error instanceof errors.JOSENotSupported ||
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof TypeError
  );
}

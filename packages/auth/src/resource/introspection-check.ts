import type { AuthorizationServer, Client, IntrospectionResponse } from 'oauth4webapi';
import {
  allowInsecureRequests,
  customFetch,
  introspectionRequest,
  processIntrospectionResponse,
} from 'oauth4webapi';
import { bareCause } from '../bare-cause.ts';
import { clientSecretBasic } from '../client-secret-basic.ts';
import { AuthError } from '../errors.ts';
import { type DocumentOptions, guardedFetch } from '../http.ts';
import type { IntrospectionOptions, TrustedIssuer } from './issuer.ts';
import type { CheckedToken } from './token-cache.ts';

/** What the check by introspection needs. */
export interface IntrospectionCheckOptions {
  readonly trusted: TrustedIssuer;
  readonly introspection: IntrospectionOptions;
  readonly http: DocumentOptions;
  readonly now: () => number;
  readonly clockToleranceMs: number;
  readonly metadata: () => Promise<AuthorizationServer>;
}

/** How long a token counts whose introspection names no expiry: until it is asked about again. */
const UNBOUNDED = Number.MAX_SAFE_INTEGER;

/**
 * Makes the check that asks the authorization server about a token. Resolves to `undefined` for one that is not active or is of
 * another issuer; the audience is each resource's to check. Rejects with
 * `unreachable` when there is no answer to rely on. Spec: RFC 7662.
 */
export function createIntrospectionCheck(
  options: IntrospectionCheckOptions,
): (token: string) => Promise<CheckedToken | undefined> {
  const { introspection, trusted } = options;
  const { issuer } = trusted;
  const client: Client = { client_id: introspection.clientId };
  const fetch = guardedFetch(options.http);
  const { clientAuth } = introspection;
  const auth = typeof clientAuth === 'string' ? clientSecretBasic(clientAuth) : clientAuth;
  return async (token) => {
    const as: AuthorizationServer =
      introspection.endpoint === undefined
        ? await options.metadata()
        : { issuer, introspection_endpoint: introspection.endpoint };
    // The guard decides which URLs are safe enough; without this, none on this machine is.
    const request = { [customFetch]: fetch, [allowInsecureRequests]: true };
    try {
      const response = await introspectionRequest(as, client, auth, token, {
        ...request,
        additionalParameters: { token_type_hint: 'access_token' },
      });
      return accepted(await processIntrospectionResponse(as, client, response), options);
    } catch (error) {
      if (error instanceof AuthError) throw error;
      throw new AuthError('unreachable', `${issuer} did not answer a question about a token.`, {
        cause: bareCause(error),
      });
    }
  };
}

// ---

function accepted(
  answer: IntrospectionResponse,
  options: IntrospectionCheckOptions,
): CheckedToken | undefined {
  const { active, iss, aud, exp, nbf, ...rest } = answer;
  const { now: clock, trusted } = options;
  const { issuer } = trusted;
  const now = clock();
  if (!active || (iss !== undefined && iss !== issuer)) return undefined;
  if (!isTime(exp) || !isTime(nbf)) return undefined;
  if (nbf !== undefined && nbf * 1_000 > now + options.clockToleranceMs) return undefined;
  const expiresAt = exp === undefined ? UNBOUNDED : exp * 1_000 + options.clockToleranceMs;
  if (expiresAt <= now) return undefined;
  const claims = { ...rest, iss: issuer, aud, ...(exp === undefined ? {} : { exp }) };
  return { trusted, claims, expiresAt };
}

/** Whether a time can be told, or there is none: the library looks at none of them. */
function isTime(value: unknown): value is number | undefined {
  return value === undefined || Number.isFinite(value);
}

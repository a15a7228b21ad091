import type { AuthorizationServer, Client, IntrospectionResponse } from 'oauth4webapi';
import {
  allowInsecureRequests,
  customFetch,
  introspectionRequest,
  processIntrospectionResponse,
} from 'oauth4webapi';
import { clientSecretBasic } from '../client-secret-basic.ts';
import { AuthError } from '../errors.ts';
import { type DocumentOptions, guardedFetch } from '../http.ts';
import { isForUs } from './audience.ts';
import type { IntrospectionOptions } from './issuer.ts';
import type { CheckedToken } from './token-cache.ts';

/** What the check by introspection needs. */
export interface IntrospectionCheckOptions {
  readonly issuer: string;
  readonly introspection: IntrospectionOptions;
  readonly audiences: readonly string[];
  readonly http: DocumentOptions;
  readonly now: () => number;
  readonly clockToleranceMs: number;
  readonly metadata: () => Promise<AuthorizationServer>;
}

/** How long a token counts whose introspection names no expiry: until it is asked about again. */
const UNBOUNDED = Number.MAX_SAFE_INTEGER;

/**
 * Makes the check that asks the authorization server about a token. Resolves to `undefined` for one that is not active, is of
 * another issuer, or is not meant for this resource; an answer that names no audience counts as the latter. Rejects with
 * `unreachable` when there is no answer to rely on. Spec: RFC 7662.
 */
export function createIntrospectionCheck(
  options: IntrospectionCheckOptions,
): (token: string) => Promise<CheckedToken | undefined> {
  const { introspection, issuer } = options;
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
    } catch (cause) {
      if (cause instanceof AuthError) throw cause;
      throw new AuthError('unreachable', `${issuer} did not answer a question about a token.`, { cause });
    }
  };
}

// ---

function accepted(
  answer: IntrospectionResponse,
  options: IntrospectionCheckOptions,
): CheckedToken | undefined {
  const { active, iss, aud, exp, nbf, ...rest } = answer;
  const now = options.now();
  if (!active || (iss !== undefined && iss !== options.issuer)) return undefined;
  if (!isForUs(aud, options.audiences)) return undefined;
  if (nbf !== undefined && nbf * 1_000 > now + options.clockToleranceMs) return undefined;
  const expiresAt = exp === undefined ? UNBOUNDED : exp * 1_000 + options.clockToleranceMs;
  if (expiresAt <= now) return undefined;
  return { claims: { ...rest, iss: options.issuer, aud, ...(exp === undefined ? {} : { exp }) }, expiresAt };
}

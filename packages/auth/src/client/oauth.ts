import type {
  AuthorizationServer,
  Client,
  ClientAuth,
  DPoPHandle,
  TokenEndpointResponse,
} from 'oauth4webapi';
import {
  AuthorizationResponseError,
  allowInsecureRequests,
  customFetch,
  genericTokenEndpointRequest,
  isDPoPNonceError,
  type ProcessTokenResponseOptions,
  processGenericTokenEndpointResponse,
  ResponseBodyError,
} from 'oauth4webapi';
import { bareCause } from '../bare-cause.ts';
import { parseChallenges } from '../challenge.ts';
import { AuthError } from '../errors.ts';
import type { Fetch } from '../http.ts';

/** A client at an authorization server, and how it says who it is there. */
export interface ClientIdentity {
  readonly client: Client;
  readonly auth: ClientAuth;
}

/** The authorization server and the way to it. */
export interface Endpoint {
  readonly as: AuthorizationServer;
  /** Refuses URLs that may not be dialled. */
  readonly fetch: Fetch;
  readonly dpop?: DPoPHandle | undefined;
}

/** The options of requests by which the library sends them through a fetch that looks where they go. */
export function requestOptions({ fetch, dpop }: Omit<Endpoint, 'as'>): {
  [customFetch]: Fetch;
  [allowInsecureRequests]: true;
  DPoP?: DPoPHandle;
} {
  // What is safe enough is decided by the guard, which permits plain HTTP on this machine only.
  const options = { [customFetch]: toldInBodies(fetch), [allowInsecureRequests]: true } as const;
  return dpop === undefined ? options : { ...options, DPoP: dpop };
}

/** One request to a token endpoint. */
export interface TokenRequest extends ProcessTokenResponseOptions {
  readonly grantType: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** Sends a request to the token endpoint, once more where it asks for a DPoP nonce. Rejects with an `AuthError`. */
export async function requestToken(
  endpoint: Endpoint,
  { client, auth }: ClientIdentity,
  { grantType, parameters, ...processing }: TokenRequest,
): Promise<TokenEndpointResponse> {
  return withNonce(async () => {
    const options = requestOptions(endpoint);
    const response = await genericTokenEndpointRequest(
      endpoint.as,
      client,
      auth,
      grantType,
      { ...parameters },
      options,
    );
    return processGenericTokenEndpointResponse(endpoint.as, client, response, processing);
  });
}

/** Does something that talks to a token endpoint, once more where that asks for a DPoP nonce. Rejects with an `AuthError`. */
export async function withNonce<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work().catch((error: unknown) => {
      if (isDPoPNonceError(error)) return work();
      throw error;
    });
  } catch (error) {
    throw toAuthError(error);
  }
}

/** What went wrong in the library, in our words. No text of the other side is repeated, other than its error code. */
export function toAuthError(error: unknown): AuthError {
  if (error instanceof AuthError) return error;
  if (error instanceof AuthorizationResponseError)
    return new AuthError('denied', `Authorization was not given: ${code(error.error)}.`, {
      cause: bareCause(error),
      oauthError: code(error.error),
    });
  if (error instanceof ResponseBodyError)
    return new AuthError('token-request', `The authorization server refused: ${code(error.error)}.`, {
      cause: bareCause(error),
      oauthError: code(error.error),
    });
  return new AuthError('token-request', 'The authorization server gave no usable answer.', {
    cause: bareCause(error),
  });
}

// ---

/**
 * A client that is refused is told the error in the body and may be told the scheme in a header. The library reads no body beside
 * such a header, so it is left out, unless it is what asks for a nonce. Spec: RFC 6749 §5.2.
 */
function toldInBodies(fetch: Fetch): Fetch {
  return async (url, init, dial) => {
    const response = await fetch(url, init, dial);
    const challenge = response.headers.get('www-authenticate');
    if (challenge === null || asksForNonce(challenge)) return response;
    const { body, status, statusText } = response;
    const headers = new Headers(response.headers);
    headers.delete('www-authenticate');
    return new Response(body, { status, statusText, headers });
  };
}

function asksForNonce(challenge: string): boolean {
  return parseChallenges(challenge).some(({ parameters }) => parameters['error'] === 'use_dpop_nonce');
}

function code(text: string): string {
  return /^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/.test(text) ? text : 'unknown_error';
}

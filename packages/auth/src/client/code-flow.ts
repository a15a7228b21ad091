import {
  authorizationCodeGrantRequest,
  calculatePKCECodeChallenge,
  generateRandomCodeVerifier,
  generateRandomState,
  processAuthorizationCodeResponse,
  type TokenEndpointResponse,
  validateAuthResponse,
} from 'oauth4webapi';
import { isLoopbackHost } from '../discovery/addresses.ts';
import { AuthError } from '../errors.ts';
import { type GrantContext, type Granted, scopeParameter } from './grant.ts';
import { type ClientIdentity, requestOptions, toAuthError, withNonce } from './oauth.ts';
import type { PendingSignIn } from './pending.ts';
import { type ClientIdentityOptions, forgetRegistration, identityFor } from './registration.ts';

/** A sign-in that a user has been sent off to. */
export interface StartedSignIn {
  readonly url: URL;
  readonly identity: ClientIdentity;
  readonly pending: PendingSignIn;
}

/** Rejects an authorization server without PKCE. Spec: basic/authorization/security-considerations#authorization-code-protection. */
export function assertSupport({ as }: GrantContext): void {
  if (as.code_challenge_methods_supported?.includes('S256') !== true)
    throw new AuthError(
      'unsupported',
      `The authorization server ${as.issuer} does not say that it supports PKCE.`,
    );
  if (as.authorization_endpoint === undefined || !URL.canParse(as.authorization_endpoint))
    throw new AuthError(
      'unsupported',
      `The authorization server ${as.issuer} has no authorization endpoint.`,
    );
}

/** Prepares a sign-in: the client's identity, fresh secrets, and the page to send the user to, which the guard has let pass. */
export async function startSignIn(
  context: GrantContext,
  options: ClientIdentityOptions,
  redirectUri: string,
): Promise<StartedSignIn> {
  assertRedirectUri(redirectUri);
  const needs = { redirectUri, grantTypes: ['authorization_code', 'refresh_token'] };
  const identity = await identityFor(context, options, needs);
  const pending = { redirectUri, state: generateRandomState(), verifier: generateRandomCodeVerifier() };
  const url = await authorizationUrl(context, identity, pending);
  await context.guard(url);
  return { url, identity, pending };
}

/** Trades what the user came back with for tokens, if it is an answer to this sign-in. */
export async function redeem(
  context: GrantContext,
  started: Pick<StartedSignIn, 'identity' | 'pending'>,
  callback: URL,
): Promise<Granted> {
  const clientId = started.identity.client.client_id;
  try {
    return { response: await trade(context, started, callback), clientId };
  } catch (error) {
    await forgetRegistration(context, error, clientId);
    throw error;
  }
}

// ---

async function trade(
  context: GrantContext,
  { identity, pending }: Pick<StartedSignIn, 'identity' | 'pending'>,
  callback: URL,
): Promise<TokenEndpointResponse> {
  const { redirectUri, state, verifier } = pending;
  const { client, auth } = identity;
  const parameters = validated(() => validateAuthResponse(context.as, client, callback, state));
  return withNonce(async () => {
    const answer = await authorizationCodeGrantRequest(
      context.as,
      client,
      auth,
      parameters,
      redirectUri,
      verifier,
      {
        ...requestOptions(context),
        additionalParameters: { resource: context.resource },
      },
    );
    return processAuthorizationCodeResponse(context.as, client, answer);
  });
}

/** Spec: basic/authorization/security-considerations#communication-security. */
function assertRedirectUri(redirectUri: string): void {
  const { protocol, hostname } = new URL(redirectUri);
  if (protocol !== 'https:' && !(protocol === 'http:' && isLoopbackHost(hostname)))
    throw new TypeError('A redirect URI must be https, or on this machine.');
}

async function authorizationUrl(
  { as, resource, scopes }: GrantContext,
  { client }: ClientIdentity,
  { redirectUri, state, verifier }: PendingSignIn,
): Promise<URL> {
  const url = new URL(as.authorization_endpoint ?? '');
  const parameters = {
    response_type: 'code',
    client_id: client.client_id,
    redirect_uri: redirectUri,
    code_challenge: await calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    resource,
    ...scopeParameter(scopes),
    // Without it, OpenID providers give no refresh token.
    ...(scopes.includes('offline_access') ? { prompt: 'consent' } : {}),
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url;
}

/** Runs before the code goes anywhere. Spec: basic/authorization#authorization-response-validation. */
function validated<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    const converted = toAuthError(error);
    if (converted.code === 'denied') throw converted;
    throw new AuthError(
      'authorization-response',
      'The answer to the sign-in is not one to ours; it was discarded.',
      { cause: converted.cause },
    );
  }
}

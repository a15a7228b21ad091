import {
  authorizationCodeGrantRequest,
  calculatePKCECodeChallenge,
  generateRandomCodeVerifier,
  generateRandomState,
  processAuthorizationCodeResponse,
  validateAuthResponse,
} from 'oauth4webapi';
import { isLoopbackHost } from '../discovery/addresses.ts';
import { AuthError } from '../errors.ts';
import type { Grant, GrantContext, Granted } from './grant.ts';
import { scopeParameter } from './grant.ts';
import { type ClientIdentity, requestOptions, toAuthError, withNonce } from './oauth.ts';
import {
  assertIdentity,
  type ClientIdentityOptions,
  forgetRegistration,
  identityFor,
  knownIdentity,
} from './registration.ts';

/** Where the user comes back to. */
export interface RedirectReceiver {
  /** Gets ready for one sign-in. */
  open(): Promise<OpenRedirect>;
}

/** A receiver that is ready. */
export interface OpenRedirect {
  readonly redirectUri: string;
  /** Resolves to the URL that the user came back with, whose `state` must be this one; rejects when the signal aborts. */
  response(state: string, signal: AbortSignal): Promise<URL>;
  /** Lets go of it. Safe to call at any time. */
  close(): Promise<void>;
}

/** How a user signs in with a browser. */
export interface AuthorizationCodeOptions extends ClientIdentityOptions {
  readonly receiver: RedirectReceiver;
  /** Shows a page to the user. Its URL is https, or on this machine when the server is. */
  readonly openBrowser: (url: URL) => void | Promise<void>;
  /** How long the user may take, in milliseconds. @default 300_000 */
  readonly timeoutMs?: number;
}

/**
 * The grant by which a user signs in with a browser: authorization code with PKCE, `state`, `resource`, and a check of who
 * answered. Throws `TypeError` for a client identity that cannot be. Spec: basic/authorization#authorization-flow-steps.
 */
export function authorizationCode(options: AuthorizationCodeOptions): Grant {
  assertIdentity(options);
  return {
    silent: false,
    refreshable: true,
    obtain: (context) => obtain(context, options),
    identify: (context, clientId) => knownIdentity(context, options, clientId),
  };
}

// ---

const DEFAULT_TIMEOUT_MS = 300_000;

/** What must be remembered between sending the user off and having them back. */
interface Pending {
  readonly identity: ClientIdentity;
  readonly redirectUri: string;
  readonly state: string;
  readonly verifier: string;
}

async function obtain(context: GrantContext, options: AuthorizationCodeOptions): Promise<Granted> {
  assertSupport(context);
  const redirect = await options.receiver.open();
  try {
    const { redirectUri } = redirect;
    assertRedirectUri(redirectUri);
    const needs = { redirectUri, grantTypes: ['authorization_code', 'refresh_token'] };
    const identity = await identityFor(context, options, needs);
    const pending = {
      identity,
      redirectUri,
      state: generateRandomState(),
      verifier: generateRandomCodeVerifier(),
    };
    const url = await authorizationUrl(context, pending);
    await context.guard(url);
    const signal = AbortSignal.timeout(options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    // Before the browser opens: the answer may come before it says that it has.
    const response = redirect.response(pending.state, signal);
    // Looked at below, unless opening the browser fails first.
    response.catch(() => undefined);
    await options.openBrowser(url);
    return await redeem(context, pending, await inTime(response, signal));
  } catch (error) {
    await forgetRegistration(context, error);
    throw error;
  } finally {
    await redirect.close();
  }
}

/** Spec: basic/authorization/security-considerations#communication-security. */
function assertRedirectUri(redirectUri: string): void {
  const { protocol, hostname } = new URL(redirectUri);
  if (protocol !== 'https:' && !(protocol === 'http:' && isLoopbackHost(hostname)))
    throw new TypeError('A redirect URI must be https, or on this machine.');
}

/** Spec: basic/authorization/security-considerations#authorization-code-protection. */
function assertSupport({ as }: GrantContext): void {
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

async function authorizationUrl(
  { as, resource, scopes }: GrantContext,
  { identity, redirectUri, state, verifier }: Pending,
): Promise<URL> {
  const url = new URL(as.authorization_endpoint ?? '');
  const parameters = {
    response_type: 'code',
    client_id: identity.client.client_id,
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

async function inTime(response: Promise<URL>, signal: AbortSignal): Promise<URL> {
  try {
    return await response;
  } catch (cause) {
    if (signal.aborted) throw new AuthError('expired', 'Nobody signed in in time.', { cause });
    throw cause;
  }
}

async function redeem(context: GrantContext, pending: Pending, callback: URL): Promise<Granted> {
  const { identity, redirectUri, state, verifier } = pending;
  const { client, auth } = identity;
  const parameters = validated(() => validateAuthResponse(context.as, client, callback, state));
  const response = await withNonce(async () => {
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
  return { response, clientId: client.client_id };
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
      {
        cause: error,
      },
    );
  }
}

import {
  type DeviceAuthorizationResponse,
  deviceAuthorizationRequest,
  deviceCodeGrantRequest,
  processDeviceAuthorizationResponse,
  processDeviceCodeResponse,
  type TokenEndpointResponse,
} from 'oauth4webapi';
import { AuthError } from '../errors.ts';
import { type Grant, type GrantContext, type Granted, scopeParameter } from './grant.ts';
import { type ClientIdentity, requestOptions, toAuthError, withNonce } from './oauth.ts';
import {
  assertIdentity,
  type ClientIdentityOptions,
  forgetRegistration,
  identityFor,
  knownIdentity,
} from './registration.ts';

/** What a user must do, on any device. */
export interface DevicePrompt {
  /** To be typed in there. */
  readonly userCode: string;
  readonly verificationUri: string;
  /** The same with the code in it. */
  readonly verificationUriComplete?: string;
  /** In milliseconds. */
  readonly expiresInMs: number;
}

/** How a user signs in on another device. */
export interface DeviceCodeOptions extends ClientIdentityOptions {
  /** Tells the user. */
  readonly show: (prompt: DevicePrompt) => void | Promise<void>;
  /** How long the user may take, in milliseconds; the authorization server may give them less. @default 300_000 */
  readonly timeoutMs?: number;
}

/**
 * The grant by which a user signs in on another device, for programs without a browser. Rejects with `unsupported` where the
 * authorization server does not offer it, `expired` when the user takes too long, `denied` when they decline. Spec: RFC 8628.
 */
export function deviceCode(options: DeviceCodeOptions): Grant {
  assertIdentity(options);
  return {
    silent: false,
    refreshable: true,
    obtain: (context) => obtain(context, options),
    identify: (context, clientId) => knownIdentity(context, options, clientId),
  };
}

// ---

/** The grant type of device codes. Spec: RFC 8628 §3.4. */
const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';
const DEFAULT_INTERVAL_S = 5;
/** However often the authorization server would be asked. */
const MIN_WAIT_MS = 1_000;
const DEFAULT_TIMEOUT_MS = 300_000;

interface Started extends DeviceAuthorizationResponse {
  /** How long the user has, and until when. */
  readonly timeoutMs: number;
  readonly deadline: number;
}

async function obtain(context: GrantContext, options: DeviceCodeOptions): Promise<Granted> {
  if (context.as.device_authorization_endpoint === undefined)
    throw new AuthError('unsupported', `${context.as.issuer} offers no sign-in on another device.`);
  const identity = await identityFor(context, options, { grantTypes: [DEVICE_CODE, 'refresh_token'] });
  try {
    const started = limited(context, await start(context, identity), options);
    await options.show(await promptOf(context, started));
    const response = await poll(context, identity, started);
    return { response, clientId: identity.client.client_id };
  } catch (error) {
    await forgetRegistration(context, error, identity.client.client_id);
    throw error;
  }
}

async function start(
  context: GrantContext,
  { client, auth }: ClientIdentity,
): Promise<DeviceAuthorizationResponse> {
  const { as, resource, scopes, fetch } = context;
  try {
    const parameters = { resource, ...scopeParameter(scopes) };
    const answer = await deviceAuthorizationRequest(as, client, auth, parameters, requestOptions({ fetch }));
    return await processDeviceAuthorizationResponse(as, client, answer);
  } catch (error) {
    throw toAuthError(error);
  }
}

function limited(
  { environment }: GrantContext,
  answer: DeviceAuthorizationResponse,
  options: DeviceCodeOptions,
): Started {
  const timeoutMs = Math.min(answer.expires_in * 1_000, options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  return { ...answer, timeoutMs, deadline: environment.now() + timeoutMs };
}

async function promptOf({ guard }: GrantContext, started: Started): Promise<DevicePrompt> {
  const complete = started.verification_uri_complete;
  for (const uri of [started.verification_uri, complete]) {
    if (uri === undefined) continue;
    if (!URL.canParse(uri))
      throw new AuthError('token-request', 'The authorization server names no page to sign in at.');
    await guard(new URL(uri));
  }
  return {
    userCode: started.user_code,
    verificationUri: started.verification_uri,
    ...(complete === undefined ? {} : { verificationUriComplete: complete }),
    expiresInMs: started.timeoutMs,
  };
}

async function poll(
  context: GrantContext,
  identity: ClientIdentity,
  started: Started,
): Promise<TokenEndpointResponse> {
  const { environment } = context;
  const { deadline, interval = DEFAULT_INTERVAL_S } = started;
  let waitMs = Math.max(MIN_WAIT_MS, interval * 1_000);
  for (;;) {
    await environment.sleep(Math.min(waitMs, Math.max(0, deadline - environment.now())));
    if (environment.now() >= deadline) throw new AuthError('expired', 'Nobody signed in in time.');
    try {
      return await ask(context, identity, started.device_code);
    } catch (error) {
      waitMs += extraWait(error);
    }
  }
}

/** How much longer to wait before asking again; throws when asking again is of no use. Spec: RFC 8628 §3.5. */
function extraWait(error: unknown): number {
  const { code, oauthError } = toAuthError(error);
  if (oauthError === 'authorization_pending') return 0;
  if (oauthError === 'slow_down' || code === 'unreachable') return 5_000;
  if (oauthError === 'expired_token')
    throw new AuthError('expired', 'Nobody signed in in time.', { cause: error });
  if (oauthError === 'access_denied')
    throw new AuthError('denied', 'The sign-in was declined.', { cause: error, oauthError });
  throw error;
}

function ask(
  context: GrantContext,
  { client, auth }: ClientIdentity,
  deviceCode: string,
): Promise<TokenEndpointResponse> {
  return withNonce(async () => {
    const answer = await deviceCodeGrantRequest(context.as, client, auth, deviceCode, {
      ...requestOptions(context),
      additionalParameters: { resource: context.resource },
    });
    if (answer.status >= 500)
      throw new AuthError('unreachable', `The authorization server answers with status ${answer.status}.`);
    return processDeviceCodeResponse(context.as, client, answer);
  });
}

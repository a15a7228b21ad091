import { AuthError } from '../errors.ts';
import { assertSupport, redeem, startSignIn } from './code-flow.ts';
import type { Grant, GrantContext, Granted } from './grant.ts';
import { assertIdentity, type ClientIdentityOptions, knownIdentity } from './registration.ts';

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

async function obtain(context: GrantContext, options: AuthorizationCodeOptions): Promise<Granted> {
  assertSupport(context);
  const redirect = await options.receiver.open();
  try {
    const { redirectUri } = redirect;
    const { url, identity, pending } = await startSignIn(context, options, redirectUri);
    const signal = AbortSignal.timeout(options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    // Before the browser opens: the answer may come before it says that it has.
    const response = redirect.response(pending.state, signal);
    // Looked at below, unless opening the browser fails first.
    response.catch(() => undefined);
    await options.openBrowser(url);
    return await redeem(context, { identity, pending }, await inTime(response, signal));
  } finally {
    await redirect.close();
  }
}

async function inTime(response: Promise<URL>, signal: AbortSignal): Promise<URL> {
  try {
    return await response;
  } catch (cause) {
    if (signal.aborted) throw new AuthError('expired', 'Nobody signed in in time.', { cause });
    throw cause;
  }
}

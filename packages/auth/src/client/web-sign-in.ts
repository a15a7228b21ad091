import { AuthError } from '../errors.ts';
import { assertSupport, redeem, startSignIn } from './code-flow.ts';
import type { Grant, GrantContext } from './grant.ts';
import { addPending, type PendingRecord } from './pending.ts';
import { assertIdentity, type ClientIdentityOptions, knownIdentity } from './registration.ts';

/** How the users of a web application sign in. */
export interface WebSignInOptions extends ClientIdentityOptions {
  /** Where users come back to: a page of the application, which calls `finish` of the user's authorizer. */
  readonly redirectUri: string;
  /** How long a user may take, in milliseconds. @default 600_000 */
  readonly timeoutMs?: number;
}

/**
 * The grant of web applications, whose users leave and come back in another request, maybe to another instance: the call that
 * needs a sign-in fails with an `AuthError` of code `sign-in-required`, whose `url` is the page to send the user to. Each user
 * needs an authorizer with an `account` of their own, on a store that the instances share: a callback counts only for the
 * account that began it, once. Throws `TypeError` for a client identity that cannot be. Spec: basic/authorization.
 */
export function webSignIn(options: WebSignInOptions): Grant {
  assertIdentity(options);
  return {
    silent: false,
    refreshable: true,
    obtain: (context) => sendOff(context, options),
    identify: (context, clientId) => knownIdentity(context, options, clientId),
    finish: (context, pending, callback) => comeBack(context, { options, pending, callback }),
  };
}

// ---

const DEFAULT_TIMEOUT_MS = 600_000;

async function sendOff(context: GrantContext, options: WebSignInOptions): Promise<never> {
  assertSupport(context);
  const { url, identity, pending } = await startSignIn(context, options, options.redirectUri);
  const { advertised, as, resource, metadataUrl, scopes, environment, store, key } = context;
  await addPending(store, key, {
    ...pending,
    advertised,
    issuer: as.issuer,
    resource,
    metadataUrl,
    scopes,
    clientId: identity.client.client_id,
    dpop: context.dpop !== undefined,
    expiresAt: environment.now() + (options.timeoutMs ?? DEFAULT_TIMEOUT_MS),
  });
  throw new AuthError('sign-in-required', 'The user must sign in.', { url });
}

interface Return {
  readonly options: WebSignInOptions;
  readonly pending: PendingRecord;
  readonly callback: URL;
}

async function comeBack(context: GrantContext, { options, pending, callback }: Return) {
  const identity = await knownIdentity(context, options, pending.clientId);
  if (identity === undefined || context.as.issuer !== pending.issuer)
    throw new AuthError(
      'authorization-response',
      'The sign-in was begun with another client or authorization server.',
    );
  return redeem(context, { identity, pending }, callback);
}

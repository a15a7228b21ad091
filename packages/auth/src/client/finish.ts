import { AuthError } from '../errors.ts';
import { takePending } from './pending.ts';
import { together } from './renew.ts';
import { findAuthorizationServer, grantContext, type Session } from './session.ts';
import { keepGranted } from './tokens.ts';

/**
 * Completes the sign-in that a user has come back from. Rejects with `authorization-response` where this account has begun none
 * with such a state, or has come back from it before. Throws `TypeError` where the grant's users do not come back in a request.
 */
export async function finishSignIn(session: Session, callback: URL): Promise<void> {
  const { grant } = session.options;
  const finish = grant.finish?.bind(grant);
  if (finish === undefined) throw new TypeError('Only the users of webSignIn come back in a request.');
  const state = callback.searchParams.get('state') ?? '';
  await together(session, `finish ${state}`, async () => {
    const now = session.environment.now();
    const pending = await takePending(session.store, session.key, { state, now });
    if (pending === undefined)
      throw new AuthError(
        'authorization-response',
        'There is no sign-in that this is the answer to; it was discarded.',
      );
    const { advertised, resource, metadataUrl, scopes, dpop = false } = pending;
    const as = await findAuthorizationServer(session, advertised);
    const target = { as, advertised, resource, metadataUrl, scopes, dpopRequired: dpop };
    const context = await grantContext(session, target);
    await keepGranted(session, context, await finish(context, pending, callback));
    return true;
  });
}

import type { TokenEndpointResponse } from 'oauth4webapi';
import { AuthError } from '../errors.ts';
import { parseScopes } from '../scopes.ts';
import type { GrantContext, Granted } from './grant.ts';
import { requestToken } from './oauth.ts';
import { readTokens, type TokenRecord } from './records.ts';
import { forgottenError, keepTokens, type Session } from './session.ts';

/** Gets tokens by the grant and keeps them. */
export async function obtainTokens(session: Session, context: GrantContext): Promise<void> {
  await keepGranted(session, context, await session.options.grant.obtain(context));
}

/** Keeps the tokens that a grant has brought. */
export async function keepGranted(session: Session, context: GrantContext, granted: Granted): Promise<void> {
  const { response, clientId } = granted;
  const tokens = toTokens(session, response, {
    issuer: context.as.issuer,
    resource: context.resource,
    metadataUrl: context.metadataUrl,
    clientId,
    requested: context.scopes,
    via: 'grant',
    grantId: crypto.randomUUID(),
  });
  await keepTokens(session, tokens);
  session.options.onNotice?.({ type: 'granted', issuer: tokens.issuer, scopes: tokens.granted });
}

/** Trades a refresh token for new tokens and keeps them. Rejects with the `AuthError` of the token endpoint. */
export async function refreshTokens(
  session: Session,
  old: TokenRecord,
  context: GrantContext,
): Promise<void> {
  const identity = await session.options.grant.identify(context, old.clientId);
  if (identity === undefined || old.refreshToken === undefined)
    throw new AuthError('registration', 'The client that the tokens were issued to is not known any more.');
  const response = await requestToken(context, identity, {
    grantType: 'refresh_token',
    parameters: { refresh_token: old.refreshToken, resource: old.resource },
  });
  const { issuer, resource, clientId, requested, grantId } = old;
  const fresh = toTokens(session, response, {
    issuer,
    resource,
    metadataUrl: context.metadataUrl,
    clientId,
    requested,
    grantId,
    via: 'refresh',
  });
  const scopes = response.scope === undefined ? old.granted : fresh.granted;
  // An authorization server that does not rotate sends none.
  const refreshToken = fresh.refreshToken ?? old.refreshToken;
  await replaceTokens(session, old, { ...fresh, granted: scopes, refreshToken });
  session.options.onNotice?.({ type: 'refreshed', issuer, scopes });
}

/** Keeps what has become of tokens, unless others who share the store have forgotten them or signed in anew: `denied` then. */
export async function replaceTokens(session: Session, old: TokenRecord, tokens: TokenRecord): Promise<void> {
  // A store that cannot say must not cost the new refresh token: the old one is used up.
  const stored = await readTokens(session.store, session.key).catch(() => old);
  if (stored?.grantId !== old.grantId) throw forgottenError();
  await keepTokens(session, tokens);
}

// ---

function toTokens(
  { environment, dpop }: Session,
  response: TokenEndpointResponse,
  base: Pick<
    TokenRecord,
    'issuer' | 'resource' | 'metadataUrl' | 'clientId' | 'requested' | 'via' | 'grantId'
  >,
): TokenRecord {
  const now = environment.now();
  const { access_token, token_type, expires_in, refresh_token, scope } = response;
  const type = token_type.toLowerCase() === 'dpop' ? 'dpop' : 'bearer';
  if (type === 'dpop' && dpop === undefined)
    throw new AuthError(
      'token-request',
      'The authorization server bound a token to a key that we do not have.',
    );
  if (type === 'bearer' && dpop !== undefined)
    throw new AuthError('unsupported', 'The authorization server does not bind tokens to keys (DPoP).');
  return {
    ...base,
    accessToken: access_token,
    type,
    granted: scope === undefined ? base.requested : parseScopes(scope),
    obtainedAt: now,
    ...(expires_in === undefined ? {} : { expiresAt: now + expires_in * 1_000 }),
    ...(refresh_token === undefined ? {} : { refreshToken: refresh_token }),
    ...(dpop === undefined ? {} : { dpopKey: dpop.jwk }),
  };
}

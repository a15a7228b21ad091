import type { AuthorizationServer } from 'oauth4webapi';
import type { ProtectedResource } from '../discovery/protected-resource.ts';
import { AuthError } from '../errors.ts';
import { missingScopes, unionScopes } from '../scopes.ts';
import type { TokenRecord } from './records.ts';
import { forgetRegistration } from './registration.ts';
import {
  chooseIssuer,
  findAuthorizationServer,
  findResource,
  grantContext,
  isExpired,
  loadTokens,
  type Session,
} from './session.ts';
import { obtainTokens, refreshTokens, replaceTokens } from './tokens.ts';

/** What a server wants that refused a request. */
export interface RefusedRequest {
  readonly status: number;
  readonly scopes: readonly string[];
  readonly metadataUrl?: string;
  /** What it was about, for counting its attempts. */
  readonly operation: string;
  /** The token that it was sent. */
  readonly sent: string | undefined;
}

/**
 * Renews an expired token without asking the user: by its refresh token, or by a grant that needs nobody. Leaves things as they
 * are where neither is possible; the server's challenge then leads on. Rejects with `unreachable` when the authorization server
 * is, and keeps the tokens.
 */
export async function renewExpired(session: Session, stale: TokenRecord): Promise<void> {
  await together(session, `renew ${stale.accessToken}`, async () => {
    const tokens = await loadTokens(session);
    if (tokens === undefined || !isExpired(session, tokens)) return true;
    const { silent } = session.options.grant;
    if (tokens.refreshToken === undefined && !silent) return false;
    const { metadataUrl, requested: scopes } = tokens;
    const resource = await findResource(session, metadataUrl).catch(unlessMissing);
    if (resource === undefined) return false;
    const advertised = chooseIssuer(session, resource);
    const as = await findAuthorizationServer(session, advertised);
    if (as.issuer !== tokens.issuer || resource.resource !== tokens.resource) return false;
    const target = { as, advertised, resource, metadataUrl, scopes };
    if (tokens.refreshToken !== undefined) return refreshed(session, tokens, target);
    await grant(session, target);
    return true;
  });
}

/**
 * Does what a refusal asks for: takes up a token that somebody else has got meanwhile, else refreshes, else goes through the
 * grant. `false` where nothing would help: the server refuses what was issued just now for it.
 */
export async function keepGoing(session: Session, refusal: RefusedRequest): Promise<boolean> {
  const key = JSON.stringify([refusal.status, refusal.sent, refusal.scopes]);
  return together(session, key, async () => {
    const tokens = await loadTokens(session);
    if (isNews(session, tokens, refusal)) return true;
    if (refusal.status === 403 && !mayStepUp(session, tokens, refusal)) return false;
    const { metadataUrl } = refusal;
    const resource = await findResource(session, metadataUrl);
    const advertised = chooseIssuer(session, resource);
    const as = await findAuthorizationServer(session, advertised);
    const same = tokens !== undefined && tokens.issuer === as.issuer && tokens.resource === resource.resource;
    const scopes = scopesToAskFor(session, { refusal, resource, as, previous: same ? tokens.requested : [] });
    const target = { as, advertised, resource, metadataUrl, scopes };
    const enough = same && missingScopes(refusal.scopes, tokens.requested).length === 0;
    if (enough && isFresh(session, tokens)) {
      if (tokens.via === 'grant') return false;
    } else if (enough && refusal.status === 401 && tokens.refreshToken !== undefined) {
      if (await refreshed(session, tokens, target)) return true;
    }
    await grant(session, target);
    return true;
  });
}

/** Those who want the same wait for one attempt and share its outcome; others take turns. */
export function together(session: Session, key: string, work: () => Promise<boolean>): Promise<boolean> {
  const running = session.flights.get(key);
  if (running !== undefined) return running;
  const flight = session.exclusive(session.key, work).finally(() => session.flights.delete(key));
  session.flights.set(key, flight);
  return flight;
}

// ---

/** A token this young that is refused was not refused for its age. In milliseconds. */
const FRESH_MS = 60_000;

interface Target {
  readonly as: AuthorizationServer;
  readonly advertised: string;
  readonly resource: ProtectedResource;
  readonly metadataUrl: string | undefined;
  readonly scopes: readonly string[];
}

/** At most so many operations are counted; beyond, the oldest is forgotten. */
const MAX_OPERATIONS = 1_000;

/** Where metadata are no more where they were, the next challenge tells where they are. */
function unlessMissing(error: unknown): undefined {
  if (error instanceof AuthError && error.code === 'discovery') return undefined;
  throw error;
}

/** Counts the attempts of one operation, so that a server that always wants more does not keep the user busy. */
function mayStepUp(
  { stepUps, options }: Session,
  tokens: TokenRecord | undefined,
  refusal: RefusedRequest,
): boolean {
  const { operation, scopes } = refusal;
  if (tokens === undefined || missingScopes(scopes, tokens.requested).length === 0) return false;
  const count = (stepUps.get(operation) ?? 0) + 1;
  if (count > (options.maxStepUps ?? 2)) return false;
  stepUps.delete(operation);
  stepUps.set(operation, count);
  for (const oldest of stepUps.keys()) {
    if (stepUps.size <= MAX_OPERATIONS) break;
    stepUps.delete(oldest);
  }
  options.onNotice?.({ type: 'step-up', operation, scopes });
  return true;
}

/** Whether the tokens in the store are others than those that were refused, and worth a try. */
function isNews(
  session: Session,
  tokens: TokenRecord | undefined,
  { sent, scopes }: RefusedRequest,
): boolean {
  if (tokens === undefined || tokens.accessToken === sent || isExpired(session, tokens)) return false;
  return missingScopes(scopes, tokens.requested).length === 0;
}

function isFresh({ environment }: Session, { obtainedAt }: TokenRecord): boolean {
  return environment.now() - obtainedAt < FRESH_MS;
}

interface Wanted {
  readonly refusal: RefusedRequest;
  readonly resource: ProtectedResource;
  readonly as: AuthorizationServer;
  readonly previous: readonly string[];
}

/** Spec: basic/authorization#scope-selection-strategy, #step-up-authorization-flow, #refresh-tokens. */
function scopesToAskFor(
  { options }: Session,
  { refusal, resource, as, previous }: Wanted,
): readonly string[] {
  const needed = refusal.scopes.length > 0 ? refusal.scopes : (resource.scopesSupported ?? []);
  const offline =
    (options.offlineAccess ?? true) &&
    options.grant.refreshable &&
    as.scopes_supported?.includes('offline_access') === true;
  return unionScopes(previous, needed, options.scopes ?? [], offline ? ['offline_access'] : []);
}

/** `false` where the refresh token is used up; it is forgotten then, and only then. */
async function refreshed(session: Session, tokens: TokenRecord, target: Target): Promise<boolean> {
  const context = await contextOf(session, target);
  try {
    await refreshTokens(session, tokens, context);
    return true;
  } catch (error) {
    if (!(error instanceof AuthError) || error.code === 'unreachable') throw error;
    if (error.code !== 'registration' && !isFinal(error.oauthError)) throw error;
    await forgetRegistration(context, error, tokens.clientId);
    const { refreshToken: _, ...rest } = tokens;
    await replaceTokens(session, tokens, rest);
    const name = error.oauthError ?? error.code;
    session.options.onNotice?.({ type: 'refresh-refused', issuer: tokens.issuer, error: name });
    return false;
  }
}

/** Errors by which an authorization server says that this refresh token will never do. */
function isFinal(oauthError: string | undefined): boolean {
  return (
    oauthError === 'invalid_grant' || oauthError === 'invalid_client' || oauthError === 'unauthorized_client'
  );
}

async function grant(session: Session, target: Target): Promise<void> {
  await obtainTokens(session, await contextOf(session, target));
}

function contextOf(session: Session, { as, advertised, resource, metadataUrl, scopes }: Target) {
  const { resource: name, dpopRequired } = resource;
  return grantContext(session, { as, advertised, resource: name, metadataUrl, scopes, dpopRequired });
}

import type { AuthorizationServer } from 'oauth4webapi';
import {
  type AuthorizationServerOptions,
  discoverAuthorizationServer,
} from '../discovery/authorization-server.ts';
import { createGuard, type Guard } from '../discovery/guard.ts';
import { discoverProtectedResource, type ProtectedResource } from '../discovery/protected-resource.ts';
import { type Environment, systemEnvironment } from '../environment.ts';
import { AuthError } from '../errors.ts';
import { type DocumentOptions, type Fetch, guardedFetch } from '../http.ts';
import type { AuthorizerOptions } from './authorizer-options.ts';
import { createDpopKey, type DpopKey } from './dpop.ts';
import type { GrantContext } from './grant.ts';
import { readTokens, type TokenRecord, tokenKey } from './records.ts';
import { type CredentialStore, memoryCredentialStore } from './store.ts';

/** What an authorizer has at hand: fixed parts, and what it knows of the tokens at the moment. */
export interface Session {
  readonly options: AuthorizerOptions;
  readonly server: URL;
  readonly key: string;
  readonly store: CredentialStore;
  /** Lets one at a time work under a key: of all who share the store, where it can do that, else of those in this session. */
  readonly exclusive: NonNullable<CredentialStore['exclusive']>;
  readonly environment: Environment;
  readonly guard: Guard;
  readonly http: DocumentOptions;
  readonly fetch: Fetch;
  /** Ways to the same outcome that are under way. */
  readonly flights: Map<string, Promise<boolean>>;
  /** How often each operation has asked for more scopes. */
  readonly stepUps: Map<string, number>;
  /** Whoever has no tokens. Another whenever tokens go: calls that began under it may have been answered with them. */
  nobody: string;
  tokens: TokenRecord | undefined;
  /** Whether the store was read. */
  loaded: boolean;
  /** Tokens that the store has failed to take: the refresh token before them may be used up. */
  unsaved: TokenRecord | undefined;
  /** Whether its tokens were forgotten for good: whatever it still brings counts for nothing. */
  forgotten: boolean;
  dpop: DpopKey | undefined;
}

/** Sets up an authorizer. Throws `TypeError` for a URL that is not http or https. */
export function createSession(options: AuthorizerOptions): Session {
  const server = new URL(options.url);
  if (server.protocol !== 'https:' && server.protocol !== 'http:')
    throw new TypeError('The URL of a server must begin with http: or https:.');
  server.hash = '';
  const send = options.fetch ?? ((url, init) => globalThis.fetch(url, init));
  const { privateHosts = [], resolve } = options;
  const guard = createGuard({ server, privateHosts, ...(resolve === undefined ? {} : { resolve }) });
  const http = { fetch: send, guard };
  const turns = memoryCredentialStore();
  const { store = turns } = options;
  return {
    options,
    server,
    key: tokenKey(JSON.stringify([server.href, options.account ?? ''])),
    store,
    exclusive: store.exclusive?.bind(store) ?? turns.exclusive,
    environment: options.environment ?? systemEnvironment,
    guard,
    http,
    fetch: guardedFetch(http),
    flights: new Map(),
    stepUps: new Map(),
    nobody: newNobody(),
    tokens: undefined,
    loaded: false,
    unsaved: undefined,
    forgotten: false,
    dpop: undefined,
  };
}

const DEFAULT_MARGIN_MS = 10_000;

/** Reads the tokens from the store. */
export async function loadTokens(session: Session): Promise<TokenRecord | undefined> {
  const stored = await readTokens(session.store, session.key);
  const { unsaved, tokens: before } = session;
  // Others may have signed in since.
  const isLatest = unsaved !== undefined && (stored === undefined || stored.obtainedAt < unsaved.obtainedAt);
  if (isLatest) await keepTokens(session, unsaved);
  else session.tokens = stored;
  if (before !== undefined && session.tokens === undefined) session.nobody = newNobody();
  session.loaded = true;
  const { dpopKey } = session.tokens ?? {};
  if (dpopKey !== undefined && session.dpop?.jwk.x !== dpopKey.x) session.dpop = await createDpopKey(dpopKey);
  return session.tokens;
}

/**
 * Writes tokens to the store. Where that fails, they are used all the same, and written when it is read next. Rejects with `denied`
 * where all tokens of the session were forgotten meanwhile.
 */
export async function keepTokens(session: Session, tokens: TokenRecord): Promise<void> {
  if (session.forgotten) throw forgottenError();
  session.tokens = tokens;
  session.loaded = true;
  session.unsaved = tokens;
  await session.store.write(session.key, JSON.stringify(tokens));
  session.unsaved = undefined;
}

/** What ends the attempts that the tokens were forgotten under. */
export function forgottenError(): AuthError {
  return new AuthError('denied', 'The tokens were forgotten meanwhile.');
}

/** Whether a token is of no use any more, or will not be by the time it arrives. */
export function isExpired(
  { environment, options }: Session,
  { expiresAt, obtainedAt }: TokenRecord,
): boolean {
  if (expiresAt === undefined) return false;
  // A token that lives shorter than the margin is of use for a while all the same.
  const halfMs = Math.max(0, expiresAt - obtainedAt) / 2;
  const marginMs = Math.min(options.expiryMarginMs ?? DEFAULT_MARGIN_MS, halfMs);
  return expiresAt - marginMs <= environment.now();
}

/** Looks up the metadata of the server, and where a challenge says they are. */
export async function findResource(session: Session, metadataUrl?: string): Promise<ProtectedResource> {
  const accepted = session.options.trust?.resource;
  const found = await discoverProtectedResource(session.server, {
    ...session.http,
    ...(metadataUrl === undefined ? {} : { metadataUrl }),
    ...(accepted === undefined ? {} : { acceptResource: accepted }),
  });
  if (found.resource === accepted)
    session.options.onNotice?.({ type: 'resource-exception', resource: accepted });
  return found;
}

/** The authorization server to use of those that a resource names. */
export function chooseIssuer({ options }: Session, { authorizationServers }: ProtectedResource): string {
  const chosen = options.chooseIssuer?.(authorizationServers) ?? authorizationServers[0];
  if (chosen === undefined || !authorizationServers.includes(chosen))
    throw new AuthError('discovery', 'No authorization server was chosen of those that the server names.');
  return chosen;
}

/** Looks up an authorization server by the name that the resource gives it. */
export function findAuthorizationServer(session: Session, advertised: string): Promise<AuthorizationServer> {
  const { options, http } = session;
  const lookup: AuthorizationServerOptions = {
    ...http,
    exceptions: options.trust?.issuers ?? [],
    onException: (exception) => options.onNotice?.({ type: 'issuer-exception', ...exception }),
  };
  return discoverAuthorizationServer(advertised, lookup);
}

/** What tokens are asked for, and of whom. */
export interface GrantTarget {
  readonly as: AuthorizationServer;
  readonly advertised: string;
  readonly resource: string;
  readonly metadataUrl: string | undefined;
  readonly scopes: readonly string[];
  readonly dpopRequired: boolean;
}

/** What the grant is told. */
export async function grantContext(session: Session, target: GrantTarget): Promise<GrantContext> {
  const { server, key, store, environment, guard, fetch } = session;
  const { as, advertised, resource, metadataUrl, scopes } = target;
  if (session.dpop === undefined && (session.options.dpop ?? target.dpopRequired))
    session.dpop = await createDpopKey();
  return {
    as,
    resource,
    metadataUrl,
    scopes,
    server,
    store,
    environment,
    guard,
    fetch,
    dpop: session.dpop?.handle,
    advertised,
    key,
  };
}

// ---

function newNobody(): string {
  return `nobody:${crypto.randomUUID()}`;
}

import { decodeJwt } from 'jose';
import { parseChallenges } from '../challenge.ts';
import { resourceCovers } from '../discovery/protected-resource.ts';
import { AuthError } from '../errors.ts';
import { parseScopes } from '../scopes.ts';
import type { Authorizer, AuthorizerOptions, AuthRequest } from './authorizer-options.ts';
import { finishSignIn } from './finish.ts';
import { forgetTokens, sessionAfter } from './forget.ts';
import type { TokenRecord } from './records.ts';
import { keepGoing, type RefusedRequest, renewExpired } from './renew.ts';
import { createSession, isExpired, loadTokens, type Session } from './session.ts';

/**
 * Makes what authorizes requests to one MCP server. Nothing is fetched and nobody is asked before the server demands a token;
 * however many requests find a token expired, one refresh is made. Throws `TypeError` for options that cannot be.
 * Spec: basic/authorization.
 */
export function createAuthorizer(options: AuthorizerOptions): Authorizer {
  let session = createSession(options);
  return {
    authorize: (request) => authorize(session, request),
    challenged: (response, request) => challenged(session, response, request),
    answered: ({ headers }, request) => void takeNonce(session, headers, request),
    context: () => session.tokens?.grantId ?? session.nobody,
    finish: (callback) => finishSignIn(session, new URL(callback)),
    forget: () => {
      const old = session;
      session = sessionAfter(old);
      return forgetTokens(old);
    },
  };
}

// ---

async function authorize(session: Session, request: AuthRequest): Promise<Record<string, string>> {
  if (!goesToServer(session, request)) return {};
  let tokens = session.loaded ? session.tokens : await loadTokens(session);
  if (tokens !== undefined && isExpired(session, tokens)) {
    await renewExpired(session, tokens);
    tokens = session.tokens;
  }
  return tokens === undefined || isExpired(session, tokens) ? {} : headersFor(session, tokens, request);
}

async function headersFor(
  { dpop, environment }: Session,
  { type, accessToken }: TokenRecord,
  request: AuthRequest,
): Promise<Record<string, string>> {
  if (type === 'bearer') return { authorization: `Bearer ${accessToken}` };
  if (dpop === undefined) throw new AuthError('token-request', 'The key of a bound token is not at hand.');
  const proof = await dpop.proof(request, accessToken, environment.now());
  return { authorization: `DPoP ${accessToken}`, dpop: proof };
}

/** The endpoint itself, or what lies below it. */
function goesToServer({ server }: Session, { url }: AuthRequest): boolean {
  return URL.canParse(url) && resourceCovers(server.href, new URL(url));
}

async function challenged(
  session: Session,
  { status, headers }: { readonly status: number; readonly headers: Headers },
  request: AuthRequest,
): Promise<'retry' | 'give-up'> {
  if (!goesToServer(session, request) || (status !== 401 && status !== 403)) return 'give-up';
  if (!session.loaded) await loadTokens(session);
  const challenges = parseChallenges(headers.get('www-authenticate')).filter(
    ({ scheme }) => scheme === 'bearer' || scheme === 'dpop',
  );
  const newNonce = takeNonce(session, headers, request);
  if (status === 401 && challenges.some(({ parameters }) => parameters['error'] === 'use_dpop_nonce'))
    return newNonce ? 'retry' : 'give-up';
  const challenge = challenges.find(({ parameters }) => parameters['error'] !== undefined) ?? challenges[0];
  const { error, scope, resource_metadata: metadataUrl } = challenge?.parameters ?? {};
  const scopes = parseScopes(scope);
  if (status === 403 && (error !== 'insufficient_scope' || scopes.length === 0)) return 'give-up';
  const refusal: RefusedRequest = {
    status,
    scopes,
    operation: operationOf(request),
    // Refused for want of a token, none was refused: one that has come since is worth a try.
    sent: sentToken(request) ?? (status === 403 ? session.tokens?.accessToken : undefined),
    ...(metadataUrl === undefined ? {} : { metadataUrl }),
  };
  return (await keepGoing(session, refusal)) ? 'retry' : 'give-up';
}

/** Whether an answer brought a nonce that the request had not: others may have been told of it meanwhile. */
function takeNonce({ dpop }: Session, headers: Headers, request: AuthRequest): boolean {
  const nonce = headers.get('dpop-nonce');
  if (nonce === null || dpop?.takeNonce(request.url, nonce) !== true) return false;
  return nonceOf(request.headers['dpop']) !== nonce;
}

/** The nonce in a proof of ours. */
function nonceOf(proof: string | undefined): unknown {
  return proof === undefined ? undefined : decodeJwt(proof)['nonce'];
}

function sentToken({ headers }: AuthRequest): string | undefined {
  return /^(?:bearer|dpop) +(\S+)$/i.exec(headers['authorization'] ?? '')?.[1];
}

function operationOf({ headers, method }: AuthRequest): string {
  return `${headers['mcp-method'] ?? method} ${headers['mcp-name'] ?? ''}`.trim();
}

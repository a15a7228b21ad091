import {
  type AuthorizerOptions,
  type AuthRequest,
  authorizationCode,
  type createAuthorizer,
  type Fetch,
  type RedirectReceiver,
} from '@switchyard/auth/client';
import { createResourceVerifier, type ResourceVerifierOptions } from '@switchyard/auth/resource';
import { onTestFinished } from 'vitest';
import {
  type AuthorizationServer,
  type AuthorizationServerOptions,
  browse,
  startAuthorizationServer,
} from './authorization-server.mjs';

/** What tests have to do with: an authorization server, a resource that trusts it, and a way to both. */
export interface World {
  readonly as: AuthorizationServer;
  readonly url: string;
  readonly fetch: Fetch;
  /** Tokens that the resource refuses, whatever they say. */
  readonly refused: Set<string>;
  /** The pages that a user was sent to. */
  readonly visited: URL[];
  /** The options of an authorizer whose user signs in by browser. */
  options(change?: Partial<AuthorizerOptions>): AuthorizerOptions;
  /** Calls a tool with an authorizer, until it succeeds or gives up. */
  call(authorizer: ReturnType<typeof createAuthorizer>, tool?: string): Promise<Response>;
}

export interface WorldOptions extends AuthorizationServerOptions {
  readonly resource?: Partial<ResourceVerifierOptions>;
}

export const REDIRECT_URI = 'http://127.0.0.1:7999/callback';

/** The tools that need more than the scope of all requests. */
const TOOLS = { write: ['mcp:write'], admin: ['mcp:write', 'mcp:admin'] };

export async function createWorld(options: WorldOptions = {}): Promise<World> {
  const as = await startAuthorizationServer(options);
  onTestFinished(() => as.close());
  const url = 'http://127.0.0.1:7998/mcp';
  const verifier = createResourceVerifier({
    resource: url,
    issuers: [{ issuer: as.issuer }],
    scopes: { always: ['mcp:read'], tools: TOOLS },
    cacheMs: 0,
    ...options.resource,
  });
  const refused = new Set<string>();
  const serve = async (request: Request): Promise<Response> => {
    const document = verifier.handleMetadata(request);
    if (document !== undefined) return document;
    if (new URL(request.url).pathname !== '/mcp') return new Response(null, { status: 404 });
    const header = (name: string) => request.headers.get(name) ?? undefined;
    const found = await verifier.authenticate({ header, verb: request.method });
    const token = header('authorization')?.split(' ')[1];
    if (token !== undefined && refused.has(token))
      return new Response(null, {
        status: 401,
        headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
      });
    if ('denied' in found)
      return new Response(null, { status: found.status, headers: { 'www-authenticate': found.challenge } });
    return Response.json({ subject: found.subject, scopes: found.scopes });
  };
  const fetch: Fetch = async (target, init) =>
    target.startsWith('http://127.0.0.1:7998/')
      ? serve(new Request(target, init))
      : globalThis.fetch(target, init);
  const visited: URL[] = [];
  const receiver = createReceiver();
  return {
    as,
    url,
    fetch,
    visited,
    refused,
    options: (change = {}) => ({
      url,
      fetch,
      grant: authorizationCode({
        registration: { client_name: 'Test' },
        receiver,
        openBrowser: async (page) => {
          visited.push(page);
          receiver.arrive(await browse(page, as.issuer));
        },
      }),
      ...change,
    }),
    call: (authorizer, tool) => callTool(authorizer, { url, fetch }, tool),
  };
}

/** A receiver whose user is brought back by hand. */
export function createReceiver(
  redirectUri: string = REDIRECT_URI,
): RedirectReceiver & { arrive(url: URL): void } {
  let arrived: (url: URL) => void = () => undefined;
  return {
    arrive: (url) => arrived(url),
    open: async () => {
      const response = new Promise<URL>((resolve) => {
        arrived = resolve;
      });
      return {
        redirectUri,
        response: (_, signal) =>
          Promise.race([
            response,
            new Promise<URL>((_resolve, reject) =>
              signal.addEventListener('abort', () => reject(signal.reason)),
            ),
          ]),
        close: async () => undefined,
      };
    },
  };
}

// ---

async function callTool(
  authorizer: ReturnType<typeof createAuthorizer>,
  { url, fetch }: Pick<World, 'url' | 'fetch'>,
  tool = 'read',
): Promise<Response> {
  const headers = { 'mcp-method': 'tools/call', 'mcp-name': tool };
  for (let attempt = 0; ; attempt += 1) {
    const request: AuthRequest = { url, method: 'POST', headers };
    const added = await authorizer.authorize(request);
    const sent = { ...request, headers: { ...headers, ...added } };
    const response = await fetch(url, { method: 'POST', headers: sent.headers, body: '{}' });
    authorizer.answered(response, sent);
    if (response.ok || attempt === 9 || (await authorizer.challenged(response, sent)) === 'give-up')
      return response;
  }
}

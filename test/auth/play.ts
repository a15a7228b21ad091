import {
  type AuthorizerOptions,
  authorizationCode,
  type ClientIdentityOptions,
  createAuthorizer,
  type Fetch,
} from '@switchyard/auth/client';
import { createReceiver } from './world.ts';

export const SERVER = 'https://mcp.example.com/mcp';
export const ISSUER = 'https://auth.example.com';
export const REQUEST = { url: SERVER, method: 'POST', headers: {} };

export interface Play {
  /** Changes to the metadata of the resource. */
  readonly resource?: object;
  /** Changes to the metadata of the authorization server. */
  readonly as?: object;
  readonly metadataAt?: string;
  readonly asAt?: string;
  /** Changes what the user comes back with. */
  readonly answer?: (parameters: URLSearchParams) => unknown;
  /** The `resource_metadata` of the challenge. */
  readonly metadata?: string;
  /** The `WWW-Authenticate` of the refusal. @default a bare challenge */
  readonly challenge?: string;
  /** Who the client is. */
  readonly identity?: ClientIdentityOptions;
  readonly redirectUri?: string;
  /** Answers of the token endpoint. */
  readonly token?: (form: URLSearchParams) => object;
  readonly respond?: (url: string) => Response | undefined;
  readonly options?: Partial<AuthorizerOptions>;
}

/** A sign-in at a public server, with everything in it under the control of the test. */
export function play(play: Play) {
  const fetched: string[] = [];
  const dialled: (readonly string[] | undefined)[] = [];
  const tokenRequests: URLSearchParams[] = [];
  const visited: URL[] = [];
  const registrations: Record<string, unknown>[] = [];
  const documents = documentsOf(play);
  const fetch: Fetch = async (url, init, dial) => {
    fetched.push(url);
    dialled.push(dial?.addresses);
    const special = play.respond?.(url);
    if (special !== undefined) return special;
    if (init.method === 'POST') {
      if (url.endsWith('/register')) return register(registrations, String(init.body));
      const form = new URLSearchParams(String(init.body));
      tokenRequests.push(form);
      return Response.json({
        access_token: `token-${tokenRequests.length}`,
        token_type: 'Bearer',
        ...play.token?.(form),
      });
    }
    return documents.has(url) ? Response.json(documents.get(url)) : new Response(null, { status: 404 });
  };
  const receiver = createReceiver(play.redirectUri);
  const authorizer = createAuthorizer({
    url: SERVER,
    fetch,
    grant: authorizationCode({
      ...(play.identity ?? { preRegistered: [{ clientId: 'app' }] }),
      receiver,
      openBrowser: (page) => {
        visited.push(page);
        const back = new URL(page.searchParams.get('redirect_uri') ?? '');
        back.search = new URLSearchParams({
          code: 'code',
          state: page.searchParams.get('state') ?? '',
        }).toString();
        play.answer?.(back.searchParams);
        receiver.arrive(back);
      },
    }),
    ...play.options,
  });
  const value =
    play.challenge ??
    (play.metadata === undefined ? 'Bearer' : `Bearer resource_metadata="${play.metadata}"`);
  const headers = new Headers({ 'www-authenticate': value });
  const outcome = () => authorizer.challenged({ status: 401, headers }, REQUEST);
  return { outcome, authorizer, documents, fetched, dialled, tokenRequests, registrations, visited };
}

function documentsOf({ resource, as, metadataAt, asAt }: Play): Map<string, object> {
  return new Map<string, object>([
    [
      metadataAt ?? 'https://mcp.example.com/.well-known/oauth-protected-resource/mcp',
      { resource: SERVER, authorization_servers: [ISSUER], ...resource },
    ],
    [
      asAt ?? `${ISSUER}/.well-known/oauth-authorization-server`,
      {
        issuer: ISSUER,
        authorization_endpoint: `${ISSUER}/authorize`,
        token_endpoint: `${ISSUER}/token`,
        code_challenge_methods_supported: ['S256'],
        ...as,
      },
    ],
  ]);
}

function register(registrations: Record<string, unknown>[], body: string): Response {
  const metadata = JSON.parse(body);
  registrations.push(metadata);
  return Response.json({ ...metadata, client_id: `client-${registrations.length}` }, { status: 201 });
}

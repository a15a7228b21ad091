import { AuthError } from '../errors.ts';
import { type DocumentOptions, fetchDocument } from '../http.ts';

/** What a client learns of a protected resource. Spec: RFC 9728 §2. */
export interface ProtectedResource {
  /** What tokens are asked for: the value of `resource` in requests to the authorization server. */
  readonly resource: string;
  /** At least one. */
  readonly authorizationServers: readonly string[];
  readonly scopesSupported: readonly string[] | undefined;
  readonly dpopRequired: boolean;
}

/** How a protected resource is looked up. */
export interface ProtectedResourceOptions extends DocumentOptions {
  /** The `resource_metadata` of a challenge. Where it is given, nowhere else is looked. */
  readonly metadataUrl?: string;
  /** A resource that the metadata may name though it is not the server; exactly. */
  readonly acceptResource?: string;
}

/** A document that names more is cut off: nobody has to be asked about as many. */
const MAX_SERVERS = 16;
const MAX_SCOPES = 256;
/** Of a URL in an error. */
const MAX_SHOWN = 300;

/**
 * Finds the metadata of an MCP server: where the challenge says, else at the well-known path of the endpoint, else at that of the
 * host. Rejects with `discovery` where there are none or they name no authorization server, `resource-mismatch` where they are not
 * the server's. Spec: basic/authorization/authorization-server-discovery#protected-resource-metadata-discovery-requirements.
 */
export async function discoverProtectedResource(
  server: URL,
  options: ProtectedResourceOptions,
): Promise<ProtectedResource> {
  for (const url of candidates(server, options.metadataUrl)) {
    const document = await fetchDocument(url, options);
    if (document !== undefined) return toResource(document, server, options.acceptResource);
  }
  throw new AuthError('discovery', `${server.origin} publishes no protected resource metadata.`);
}

/**
 * Whether a resource stands for a server: of the same origin, and its path is that of the server or one above it.
 * Scheme and host may be written in any case. Spec: basic/authorization#canonical-server-uri.
 */
export function resourceCovers(resource: string, server: URL): boolean {
  if (!URL.canParse(resource)) return false;
  const { origin, pathname, search, hash } = new URL(resource);
  if (origin !== server.origin || hash !== '') return false;
  if (search !== '' && search !== server.search) return false;
  return `${server.pathname}/`.startsWith(pathname.endsWith('/') ? pathname : `${pathname}/`);
}

// ---

function candidates(server: URL, named: string | undefined): readonly URL[] {
  if (named !== undefined) {
    if (!URL.canParse(named, server))
      throw new AuthError('discovery', 'The challenge names protected resource metadata that are no URL.');
    return [new URL(named, server)];
  }
  const path = server.pathname === '/' ? '' : server.pathname;
  const root = '/.well-known/oauth-protected-resource';
  return [...new Set([`${root}${path}${server.search}`, root])].map((each) => new URL(each, server.origin));
}

function toResource(
  document: Readonly<Record<string, unknown>>,
  server: URL,
  accepted: string | undefined,
): ProtectedResource {
  const { resource, authorization_servers: servers, scopes_supported: scopes } = document;
  if (typeof resource !== 'string' || (resource !== accepted && !resourceCovers(resource, server))) {
    const name = typeof resource === 'string' && URL.canParse(resource) ? shown(new URL(resource)) : 'no URL';
    throw new AuthError(
      'resource-mismatch',
      `The protected resource metadata of ${shown(server)} name ${name} as the resource.`,
    );
  }
  const authorizationServers = texts(servers).slice(0, MAX_SERVERS);
  if (authorizationServers.length === 0)
    throw new AuthError('discovery', `The metadata of ${shown(server)} name no authorization server.`);
  return {
    resource,
    authorizationServers,
    scopesSupported: Array.isArray(scopes) ? texts(scopes).slice(0, MAX_SCOPES) : undefined,
    dpopRequired: document['dpop_bound_access_tokens_required'] === true,
  };
}

/** A URL as errors may show it: what its query holds may be a secret. */
function shown({ protocol, host, pathname, search }: URL): string {
  return `${protocol}//${host}${pathname}${search === '' ? '' : '?…'}`.slice(0, MAX_SHOWN);
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

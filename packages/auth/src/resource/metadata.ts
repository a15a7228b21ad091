/** The protected resource metadata of an MCP server. Spec: RFC 9728 §2. */
export interface ResourceMetadata {
  readonly resource: string;
  readonly authorization_servers: readonly string[];
  readonly bearer_methods_supported: readonly ['header'];
  readonly scopes_supported?: readonly string[];
  readonly resource_name?: string;
  readonly resource_documentation?: string;
  readonly dpop_signing_alg_values_supported?: readonly string[];
  readonly dpop_bound_access_tokens_required?: boolean;
}

const WELL_KNOWN = '/.well-known/oauth-protected-resource';

/** Where the metadata of a resource are: the well-known path before the path of the resource. Spec: RFC 9728 §3.1. */
export function metadataUrl(resource: string): URL {
  const { origin, pathname, search } = new URL(resource);
  return new URL(`${WELL_KNOWN}${pathname === '/' ? '' : pathname}${search}`, origin);
}

/**
 * Answers requests for the metadata with the document, to callers of any origin, and `undefined` to requests for anything else.
 * Methods other than GET, HEAD and OPTIONS are refused with 405. Spec: RFC 9728 §3.
 */
export function createMetadataHandler(
  metadata: ResourceMetadata,
): (request: Request) => Response | undefined {
  const { pathname, search } = metadataUrl(metadata.resource);
  const body = JSON.stringify(metadata);
  return (request) => {
    const url = new URL(request.url);
    if (url.pathname !== pathname || url.search !== search) return undefined;
    if (request.method === 'OPTIONS') return new Response(null, { status: 204, headers: PREFLIGHT });
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return new Response(null, { status: 405, headers: { allow: 'GET, HEAD, OPTIONS' } });
    return new Response(request.method === 'HEAD' ? null : body, { headers: DOCUMENT });
  };
}

// ---

const OPEN = { 'access-control-allow-origin': '*' };
const PREFLIGHT = { ...OPEN, 'access-control-allow-methods': 'GET', 'access-control-allow-headers': '*' };
const DOCUMENT = { ...OPEN, 'content-type': 'application/json', 'cache-control': 'public, max-age=3600' };

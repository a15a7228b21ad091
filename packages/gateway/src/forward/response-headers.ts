/** Header values as undici gives them: lower-case names, a list where a name came several times. */
export type UpstreamHeaders = Readonly<Record<string, string | string[] | undefined>>;

/**
 * The headers of a server's response that go back to the caller, as a flat list. Kept back: hop-by-hop headers and those
 * that `Connection` names (RFC 9110, section 7.6.1), cookies (every server behind the gateway would get them), session ids
 * of the 2025 revisions, and CORS, which is the gateway's own. `extra`, a flat list, is added.
 */
export function responseHeaders(upstream: UpstreamHeaders, extra: readonly string[]): string[] {
  const named = connectionTokens(upstream['connection']);
  const headers: string[] = [];
  for (const name in upstream) {
    const value = upstream[name];
    if (value === undefined || KEPT_BACK.has(name) || named?.includes(name) === true) continue;
    if (name.startsWith('access-control-')) continue;
    if (typeof value === 'string') headers.push(name, value);
    else for (const one of value) headers.push(name, one);
  }
  if (extra.length > 0) headers.push(...extra);
  return headers;
}

/** The length that a response declares in bytes, or `undefined`. */
export function declaredLength(upstream: UpstreamHeaders): number | undefined {
  const value = upstream['content-length'];
  return typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}

/** Whether a response says itself where it ends, so that the end of the connection is not its end. */
export function isChunked(upstream: UpstreamHeaders): boolean {
  return upstream['transfer-encoding'] !== undefined;
}

// ---

const KEPT_BACK: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'set-cookie',
  'mcp-session-id',
]);

/** Headers that say what the message is; a server cannot declare them away. */
const FRAMING: ReadonlySet<string> = new Set(['content-length', 'content-type', 'content-encoding']);

function connectionTokens(value: string | string[] | undefined): readonly string[] | undefined {
  if (value === undefined || value === 'keep-alive' || value === 'close') return undefined;
  const all = typeof value === 'string' ? value : value.join(',');
  const tokens = all.split(',').map((token) => token.trim().toLowerCase());
  return tokens.filter((token) => !FRAMING.has(token));
}

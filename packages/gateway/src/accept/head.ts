import { HEADER } from '@switchyard/wire';

/** What the gateway reads from a request's header section, and what of it goes on to the server. */
export class Head {
  host: string | undefined = undefined;
  origin: string | undefined = undefined;
  contentType: string | undefined = undefined;
  contentEncoding: string | undefined = undefined;
  /** Bytes; `undefined` for a chunked body or none. */
  contentLength: number | undefined = undefined;
  version: string | undefined = undefined;
  method: string | undefined = undefined;
  name: string | undefined = undefined;
  authorization: string | undefined = undefined;
  /** A proof of possession that belongs to `authorization`. */
  dpop: string | undefined = undefined;
  /** `X-API-Key`. */
  apiKey: string | undefined = undefined;
  via: string | undefined = undefined;
  forwardedFor: string | undefined = undefined;
  forwardedHost: string | undefined = undefined;
  forwardedProto: string | undefined = undefined;
  /** The end-to-end headers, as a flat list of lower-case name, value, … */
  outbound: string[] = [];
  /** A header that must stand at most once and stands twice, so that two readers could take two values. */
  repeated: string | undefined = undefined;
}

/**
 * Reads a header section once. Kept back from the server: hop-by-hop headers and those that `Connection` names
 * (RFC 9110, section 7.6.1), `Host` and `Origin` (the gateway answers for them), cookies, `Authorization`, `DPoP` and
 * `X-API-Key` (given back where the plan says so), what the 2025 revisions used for sessions (`Mcp-Session-Id`, `Last-Event-ID`), and what
 * clients may not say about the way here (`Forwarded`, `X-Forwarded-*`, `X-Real-IP`). All else goes on unchanged,
 * unknown `Mcp-Param-*` included. Spec: basic/transports/streamable-http#server-behavior-for-custom-headers.
 */
export function readHead(rawHeaders: readonly string[]): Head {
  const head = new Head();
  let named: string[] | undefined;
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] ?? '').toLowerCase();
    const value = rawHeaders[i + 1] ?? '';
    const kind = KINDS.get(name);
    if (kind === undefined) {
      if (name.startsWith(HEADER.paramPrefix) && stands(name, head.outbound)) head.repeated ??= name;
      else if (isOrdinary(name)) head.outbound.push(name, value);
    } else if (kind === 'connection') {
      named = connectionTokens(value, named);
    } else if (kind !== 'drop') {
      take(head, { kind, name, value });
    }
  }
  if (named !== undefined) head.outbound = without(head.outbound, named);
  return head;
}

// ---

type Field =
  | 'host'
  | 'origin'
  | 'contentType'
  | 'contentEncoding'
  | 'contentLength'
  | 'version'
  | 'method'
  | 'name'
  | 'authorization'
  | 'dpop'
  | 'apiKey'
  | 'via'
  | 'forwardedFor'
  | 'forwardedHost'
  | 'forwardedProto';

type Kind = Field | 'connection' | 'drop';

/** Headers that are read or kept back. Everything else is ordinary. */
const KINDS: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ['host', 'host'],
  ['origin', 'origin'],
  ['content-type', 'contentType'],
  ['content-encoding', 'contentEncoding'],
  ['content-length', 'contentLength'],
  [HEADER.protocolVersion, 'version'],
  [HEADER.method, 'method'],
  [HEADER.name, 'name'],
  ['authorization', 'authorization'],
  ['dpop', 'dpop'],
  ['x-api-key', 'apiKey'],
  ['via', 'via'],
  ['x-forwarded-for', 'forwardedFor'],
  ['x-forwarded-host', 'forwardedHost'],
  ['x-forwarded-proto', 'forwardedProto'],
  ['expect', 'drop'],
  ['connection', 'connection'],
  ['keep-alive', 'drop'],
  ['proxy-authenticate', 'drop'],
  ['proxy-authorization', 'drop'],
  ['proxy-connection', 'drop'],
  ['te', 'drop'],
  ['trailer', 'drop'],
  ['transfer-encoding', 'drop'],
  ['upgrade', 'drop'],
  ['http2-settings', 'drop'],
  ['cookie', 'drop'],
  ['forwarded', 'drop'],
  ['x-real-ip', 'drop'],
  ['mcp-session-id', 'drop'],
  ['last-event-id', 'drop'],
]);

/** Read headers that also go on to the server as they came. */
const PASSED_ON: ReadonlySet<Kind> = new Set<Kind>([
  'contentType',
  'contentLength',
  'version',
  'method',
  'name',
]);

/** Headers of which several may stand. */
const LISTS: ReadonlySet<Kind> = new Set<Kind>(['via', 'forwardedFor', 'forwardedHost', 'forwardedProto']);

function take(head: Head, header: { kind: Field; name: string; value: string }): void {
  const { kind, name, value } = header;
  if (head[kind] !== undefined) {
    if (LISTS.has(kind) && kind !== 'contentLength') head[kind] = `${head[kind]}, ${value}`;
    else head.repeated ??= name;
    return;
  }
  if (kind === 'contentLength') head.contentLength = Number(value);
  else head[kind] = value;
  if (PASSED_ON.has(kind)) head.outbound.push(name, value);
}

/**
 * Servers behind CGI-like interfaces read `mcp_method` as `Mcp-Method`; a header that differs from a special one only
 * in that way would let client and policy disagree with the server, so it is kept back.
 */
function isOrdinary(name: string): boolean {
  if (name.startsWith('x-forwarded-')) return false;
  if (!name.includes('_')) return true;
  const plain = name.replaceAll('_', '-');
  if (plain.startsWith(HEADER.paramPrefix) && !name.startsWith(HEADER.paramPrefix)) return false;
  return !KINDS.has(plain) && !plain.startsWith('x-forwarded-');
}

function stands(name: string, flat: readonly string[]): boolean {
  for (let i = 0; i < flat.length; i += 2) if (flat[i] === name) return true;
  return false;
}

function connectionTokens(value: string, before: string[] | undefined): string[] | undefined {
  if (value === 'keep-alive' || value === 'close') return before;
  const tokens = value.split(',').map((token) => token.trim().toLowerCase());
  // The headers that say what the message is cannot be declared away: the server would see another message than we did.
  const named = tokens.filter((token) => !token.startsWith('mcp-') && !token.startsWith('content-'));
  return [...(before ?? []), ...named];
}

function without(flat: readonly string[], names: readonly string[]): string[] {
  const kept: string[] = [];
  for (let i = 0; i + 1 < flat.length; i += 2) {
    const name = flat[i] ?? '';
    if (!names.includes(name)) kept.push(name, flat[i + 1] ?? '');
  }
  return kept;
}

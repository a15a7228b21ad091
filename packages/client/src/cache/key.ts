import { META } from '@switchyard/wire';
import type { HeaderBag, LinkRequest, Params } from '../link.ts';

/** Cannot be in a URL, nor in JSON, so that no part of a key can be taken for another. */
const SEPARATOR = '\u0000';

/** The beginning of the keys of a method, or of one thing that it names. Names are written as JSON. */
export function keyPrefix(address: string, method: string, name?: string): string {
  const prefix = `${address}${SEPARATOR}${method}${SEPARATOR}`;
  return name === undefined ? prefix : `${prefix}${JSON.stringify(name)}${SEPARATOR}`;
}

/** The key of a result: what was dialled, the method, what it names, who may see it, its other params and its `_meta` in one order. */
export function cacheKey(address: string, request: LinkRequest, audience: string): string {
  const { method, params, meta } = request;
  const { uri, ...others } = params;
  const name = typeof uri === 'string' ? JSON.stringify(uri) : '';
  const rest = typeof uri === 'string' ? others : params;
  const what = `${address}${SEPARATOR}${method}${SEPARATOR}${name}${SEPARATOR}${audience}${SEPARATOR}${canonical(rest)}`;
  const told = canonicalMeta(meta);
  return told === '' ? what : `${what}${SEPARATOR}${told}`;
}

/** The key of a request under way: that of its result, and the limits that it is held to. */
export function flightKey(key: string, { policy }: LinkRequest): string {
  const { timeoutMs, totalTimeoutMs, retries, repeatable } = policy;
  return `${key}${SEPARATOR}${JSON.stringify([timeoutMs, totalTimeoutMs, retries, repeatable])}`;
}

/** Members of `_meta` that belong to one request. Baggage is not among them: applications say there for whom they ask. */
const OWN_META: ReadonlySet<string> = new Set([
  META.logLevel,
  META.progressToken,
  META.traceparent,
  META.tracestate,
]);

/** Empty where `_meta` holds nothing that results may differ by, as mostly. */
function canonicalMeta(meta: Params): string {
  const told = Object.entries(meta).filter(([name]) => !OWN_META.has(name));
  return told.length === 0 ? '' : canonical(Object.fromEntries(told));
}

/** Who asks, as far as headers tell: different headers, different answers. */
export function audienceOf(headers: HeaderBag): string {
  const names = Object.keys(headers).filter((name) => !name.startsWith('mcp-'));
  if (names.length === 0) return '';
  return JSON.stringify(names.sort().map((name) => [name, headers[name]]));
}

/** JSON with the members of every object in one order. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`);
  return `{${members.join(',')}}`;
}

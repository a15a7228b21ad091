import type { HeaderBag, LinkRequest } from '../link.ts';

/** Cannot be in a URL, nor in JSON, so that no part of a key can be taken for another. */
const SEPARATOR = '\u0000';

/** The beginning of the keys of a method, or of one thing that it names. Names are written as JSON. */
export function keyPrefix(address: string, method: string, name?: string): string {
  const prefix = `${address}${SEPARATOR}${method}${SEPARATOR}`;
  return name === undefined ? prefix : `${prefix}${JSON.stringify(name)}${SEPARATOR}`;
}

/** The key of a result: what was dialled, the method, what it names, who may see it, and its other params in one order. */
export function cacheKey(address: string, request: LinkRequest, audience: string): string {
  const { method, params } = request;
  const { uri, ...others } = params;
  const name = typeof uri === 'string' ? JSON.stringify(uri) : '';
  const rest = typeof uri === 'string' ? others : params;
  return `${address}${SEPARATOR}${method}${SEPARATOR}${name}${SEPARATOR}${audience}${SEPARATOR}${canonical(rest)}`;
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

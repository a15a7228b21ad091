import { encodeBase64url } from './base64url.ts';
import type { JSONValue } from './json.ts';

/**
 * Resolves to the SHA-256 digest of a value's canonical JSON, as base64url (43 characters): equal for values that are
 * equal as JSON, whatever the order of their keys. Throws a TypeError where `canonicalJson` does.
 */
export function digest(value: JSONValue): Promise<string> {
  return sha256(canonicalJson(value));
}

/**
 * Writes a value as canonical JSON (RFC 8785): keys sorted by UTF-16 code units, numbers as ECMAScript writes them, no
 * white space. Properties with the value `undefined` are left out; a lone surrogate is written as its `\uXXXX` escape.
 * Throws a TypeError for anything JSON cannot carry (NaN, infinities, bigints, functions, dates, maps, cycles) and for
 * nesting deeper than 512.
 */
export function canonicalJson(value: JSONValue): string {
  return write(value, 0);
}

// ---------------------------------------------------------------------------------------------------------------------

const MAX_DEPTH = 512;

async function sha256(text: string): Promise<string> {
  return encodeBase64url(
    new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))),
  );
}

function write(value: unknown, depth: number): string {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return JSON.stringify(value);
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value);
  if (typeof value !== 'object') throw new TypeError(`JSON cannot carry ${describe(value)}`);
  if (depth >= MAX_DEPTH) throw new TypeError(`The value is nested deeper than ${MAX_DEPTH} levels`);
  if (Array.isArray(value)) return `[${value.map((item) => write(item, depth + 1)).join(',')}]`;
  if (Object.prototype.toString.call(value) !== '[object Object]') {
    throw new TypeError(`JSON cannot carry ${describe(value)}`);
  }
  return writeObject(value, depth);
}

function writeObject(value: object, depth: number): string {
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${write(member, depth + 1)}`);
  return `{${members.join(',')}}`;
}

function describe(value: unknown): string {
  return typeof value === 'number' ? String(value) : Object.prototype.toString.call(value).slice(8, -1);
}

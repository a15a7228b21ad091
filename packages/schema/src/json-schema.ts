/** A JSON Schema that is an object, as MCP requires at the root (a schema `true` or `false` occurs only inside). */
export type JsonSchema = { [key: string]: unknown };

/** Tells whether a value is an object that is not an array. */
export function isObject(value: unknown): value is { [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Extends a JSON pointer by one key (RFC 6901 §3). */
export function pointer(parent: string, key: string | number): string {
  if (typeof key === 'number') return `${parent}/${key}`;
  return `${parent}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

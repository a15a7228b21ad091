/** Whether the value is an object that is no array. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * What makes a parsed JSON value unsafe to hand on, or undefined: nesting beyond `maxDepth` (the value itself being 1), a
 * `__proto__` member, or a `constructor` member that holds a `prototype`. Both members poison whoever merges the value.
 */
export function findUnsafe(value: object, maxDepth: number): string | undefined {
  if (maxDepth < 1) return 'The message is nested too deep';
  if (Array.isArray(value)) {
    for (const item of value) {
      if (typeof item === 'object' && item !== null) {
        const fault = findUnsafe(item, maxDepth - 1);
        if (fault !== undefined) return fault;
      }
    }
    return undefined;
  }
  for (const key in value) {
    if (key === '__proto__') return 'The message has a member named __proto__';
    const member: unknown = (value as Record<string, unknown>)[key]; // a key of this very object
    if (typeof member !== 'object' || member === null) continue;
    if (key === 'constructor' && Object.hasOwn(member, 'prototype')) {
      return 'The message has a member named constructor that holds a prototype';
    }
    const fault = findUnsafe(member, maxDepth - 1);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

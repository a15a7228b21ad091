import type { StandardResult, StandardSchemaV1 } from './standard-schema.ts';

/** Validates by promise from the start, without a first try that does not wait. */
export type LateParse<T> = (value: unknown) => Promise<StandardResult<T>>;

/**
 * How a schema is asked that may answer late, where its library offers `safeParseAsync` beside the Standard interface: zod's
 * `validate` tries without waiting first, runs what is asynchronous twice, and drops the promise of the first run. Where that
 * rejects, nobody can catch it, and Node ends the process.
 */
export function lateParser<T>(schema: StandardSchemaV1<unknown, T>): LateParse<T> | undefined {
  const parse: unknown = Reflect.get(schema, 'safeParseAsync');
  if (typeof parse !== 'function') return undefined;
  return async (value) => {
    const outcome: unknown = await parse.call(schema, value);
    if (!isObject(outcome)) return {} as StandardResult<T>; // no outcome: refused by whoever reads it
    if (outcome['success'] === true) return { value: outcome['data'] as T }; // what the library infers
    const issues = isObject(outcome['error']) ? outcome['error']['issues'] : undefined;
    return { issues: Array.isArray(issues) ? issues : [{ message: 'is not valid' }] };
  };
}

/**
 * Whether a schema may answer late, as far as its definition tells: it holds an `async` function, or a check of zod's that hides
 * the author's function within one of its own (`superRefine`). A function that returns a promise without being `async` is known
 * only once it has.
 */
export function mayAnswerLate(schema: unknown): boolean {
  const seen = new Set<unknown>([schema]);
  // A set also visits what is added on the way.
  for (const part of seen) {
    if (typeof part === 'function' && part.constructor?.name === 'AsyncFunction') return true;
    if (!isObject(part)) continue;
    if (part['check'] === 'custom' && typeof part['fn'] !== 'function' && part['type'] === undefined)
      return true;
    if (seen.size > MAX_PARTS) return false;
    for (const inner of partsOf(part)) if (typeof inner === 'function' || isObject(inner)) seen.add(inner);
  }
  return false;
}

// ---------------------------------------------------------------------------------------------------------------------

/** Larger definitions are not looked through. */
const MAX_PARTS = 20_000;

/** What an object is made of; zod keeps a definition under `_zod`, which is not enumerable. */
function partsOf(part: Readonly<Record<string, unknown>>): readonly unknown[] {
  const inner = read(part, '_zod');
  if (isObject(inner)) return [read(inner, 'def'), read(inner, 'check')];
  return Object.keys(part).map((key) => read(part, key));
}

function read(part: object, key: string): unknown {
  try {
    return Reflect.get(part, key);
  } catch {
    // A getter of somebody else's.
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

import type { SchemaBounds } from './bounds.ts';
import { SchemaError } from './errors.ts';
import { pointer } from './json-schema.ts';

/**
 * Throws a SchemaError when a schema is nested too deeply, holds too many values, or holds anything but JSON. Nothing
 * else may walk a schema before this has.
 */
export function measure(schema: unknown, bounds: SchemaBounds): void {
  visit(schema, { path: '', depth: 0 }, { left: bounds.maxNodes, bounds });
}

// ---------------------------------------------------------------------------------------------------------------------

interface Tally {
  left: number;
  readonly bounds: SchemaBounds;
}

interface Position {
  readonly path: string;
  readonly depth: number;
}

function visit(value: unknown, at: Position, tally: Tally): void {
  tally.left -= 1;
  if (tally.left < 0) throw new SchemaError('too-large', '', `more than ${tally.bounds.maxNodes} values`);
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return;
  if (typeof value === 'number' && Number.isFinite(value)) return;
  if (typeof value !== 'object')
    throw new SchemaError('invalid-schema', at.path, `${typeof value} is not JSON`);
  if (at.depth >= tally.bounds.maxDepth) {
    throw new SchemaError(
      'too-deep',
      at.path,
      `nested deeper than ${tally.bounds.maxDepth} levels, or circular`,
    );
  }
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) visit(item, inside(at, index), tally);
  } else {
    visitMembers(value, at, tally);
  }
}

function visitMembers(value: object, at: Position, tally: Tally): void {
  for (const [key, member] of Object.entries(value)) {
    if (key === '__proto__')
      throw new SchemaError('invalid-schema', at.path, 'the name "__proto__" is not allowed');
    if (member !== undefined) visit(member, inside(at, key), tally);
  }
}

function inside(at: Position, key: string | number): Position {
  return { path: pointer(at.path, key), depth: at.depth + 1 };
}

/** Limits on a schema and on the work of validating with it. They stop a hostile schema from costing time or memory. */
export interface SchemaBounds {
  /** The deepest nesting of objects and arrays in the schema. @default 128 */
  readonly maxDepth: number;
  /** The most subschemas. @default 5000 */
  readonly maxSubschemas: number;
  /** The most JSON values of any kind in the schema, enumerations and annotations included. @default 100000 */
  readonly maxNodes: number;
  /** The most characters of one `pattern` or key of `patternProperties`. @default 4096 */
  readonly maxPatternLength: number;
  /** The most steps of one validation against a peer's schema; a step is the visit of one value by one subschema or 64 characters of text. @default 1000000 */
  readonly maxSteps: number;
}

/** The limits that hold where none are given. */
export const DEFAULT_BOUNDS: SchemaBounds = Object.freeze({
  maxDepth: 128,
  maxSubschemas: 5_000,
  maxNodes: 100_000,
  maxPatternLength: 4_096,
  maxSteps: 1_000_000,
});

/** Completes partial limits with the defaults. Throws a TypeError when one is not a positive number. */
export function toBounds(partial: Partial<SchemaBounds> | undefined): SchemaBounds {
  if (partial === undefined) return DEFAULT_BOUNDS;
  const bounds = { ...DEFAULT_BOUNDS, ...partial };
  for (const [name, value] of Object.entries(bounds)) {
    if (!(value > 0)) throw new TypeError(`The bound \`${name}\` must be a positive number`);
  }
  return bounds;
}

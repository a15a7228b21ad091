/**
 * Compiles a pattern of a schema: with Unicode semantics where it allows them, as JSON Schema recommends (core §6.4),
 * without them otherwise. `undefined` when it is no regular expression at all.
 */
export function toRegExp(pattern: string): RegExp | undefined {
  for (const flags of ['u', '']) {
    try {
      return new RegExp(pattern, flags);
    } catch {
      // Tried again without Unicode semantics.
    }
  }
  return undefined;
}

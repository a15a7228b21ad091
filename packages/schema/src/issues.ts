import { pointer } from './json-schema.ts';
import type { StandardIssue } from './standard-schema.ts';

/** One fault of a value. */
export interface Issue {
  /** Where in the value, as a JSON pointer (RFC 6901); `''` is the value itself. */
  readonly path: string;
  /** What was expected there. */
  readonly message: string;
}

/** The outcome of a validation: the value, as the schema made it, or what is wrong with it. */
export type Validation<T = unknown> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly issues: readonly Issue[] };

/** Writes issues as one readable line: at most `max` of them (default 5), then how many more there are. */
export function formatIssues(issues: readonly Issue[], max = 5): string {
  const shown = issues
    .slice(0, max)
    .map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  const hidden = issues.length - shown.length;
  return hidden > 0 ? `${shown.join('; ')}; and ${hidden} more` : shown.join('; ');
}

/** Turns the issues of a Standard Schema into ours. */
export function fromStandardIssues(issues: readonly StandardIssue[]): readonly Issue[] {
  return issues.map(({ message, path = [] }) => ({ path: path.reduce(extend, ''), message }));
}

// ---------------------------------------------------------------------------------------------------------------------

function extend(path: string, segment: PropertyKey | { readonly key: PropertyKey }): string {
  const key = typeof segment === 'object' ? segment.key : segment;
  return pointer(path, typeof key === 'number' ? key : String(key));
}

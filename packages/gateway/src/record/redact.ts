/** What stands in the record instead of what is blacked out. */
export const BLACKED_OUT = '[redacted]';

/** Blacks out a JSON value for the record; the value is changed in place and given back. */
export type Redactor = (value: unknown) => unknown;

/**
 * A redactor for these entries: names of members (at any depth, in any case) and JSON pointers, in which `*` stands for any
 * member or index.
 */
export function redactorOf(entries: readonly string[]): Redactor {
  const names = new Set(
    entries.filter((entry) => !entry.startsWith('/')).map((entry) => entry.toLowerCase()),
  );
  const pointers = entries.filter((entry) => entry.startsWith('/')).map(toParts);
  return (value) => {
    if (names.size > 0) blackOutNames(value, names);
    for (const parts of pointers) blackOutAt(value, parts);
    return value;
  };
}

// ---

type Members = Record<string, unknown>;

function toParts(pointer: string): readonly string[] {
  return pointer
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** Without recursion: what is recorded may be nested as deep as JSON can be. */
function blackOutNames(root: unknown, names: ReadonlySet<string>): void {
  const open: unknown[] = [root];
  for (let value = open.pop(); open.length > 0 || value !== undefined; value = open.pop()) {
    if (!isMembers(value)) continue;
    for (const key of Object.keys(value)) {
      if (names.has(key.toLowerCase())) value[key] = BLACKED_OUT;
      else if (isMembers(value[key])) open.push(value[key]);
    }
  }
}

function blackOutAt(value: unknown, [part, ...rest]: readonly string[]): void {
  if (part === undefined || !isMembers(value)) return;
  for (const key of part === '*' ? Object.keys(value) : [part]) {
    if (!Object.hasOwn(value, key)) continue;
    if (rest.length === 0) value[key] = BLACKED_OUT;
    else blackOutAt(value[key], rest);
  }
}

/** Objects and arrays: both have their members by key. */
function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null;
}

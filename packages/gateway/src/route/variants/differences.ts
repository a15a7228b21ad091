const MOST_DIFFERENCES = 20;
const DEEPEST = 16;

/**
 * Where two JSON values differ, as paths such as `content[0].text`, at most twenty of them. Paths and nothing else: what
 * stands there is the callers' own.
 */
export function differences(one: unknown, other: unknown): readonly string[] {
  const found: string[] = [];
  compare({ path: '', one, other, depth: 0 }, found);
  return found;
}

// ---

interface Pair {
  readonly path: string;
  readonly one: unknown;
  readonly other: unknown;
  readonly depth: number;
}

function compare(pair: Pair, found: string[]): void {
  const { path, one, other, depth } = pair;
  if (found.length >= MOST_DIFFERENCES || Object.is(one, other)) return;
  if (depth >= DEEPEST || !isNested(one) || !isNested(other) || Array.isArray(one) !== Array.isArray(other)) {
    found.push(path === '' ? '.' : path);
    return;
  }
  for (const key of new Set([...Object.keys(one), ...Object.keys(other)])) {
    const member = Array.isArray(one) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;
    compare({ path: member.slice(0, 200), one: one[key], other: other[key], depth: depth + 1 }, found);
  }
}

function isNested(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

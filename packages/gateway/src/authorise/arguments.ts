/** How much of arguments may be looked at. */
export interface Bounds {
  /** Members and items, at all levels. */
  readonly values: number;
  /** UTF-16 units of all texts and names of members. */
  readonly characters: number;
}

/** What arguments are held against before rules look at them. */
export interface ArgumentChecks {
  readonly bounds: Bounds;
  /** The names of members that rules look for. */
  readonly words: Words;
}

/** Names, with their forms in lower case. */
export interface Words {
  readonly exact: ReadonlySet<string>;
  readonly lower: ReadonlySet<string>;
}

/** Names, made ready to be looked up. */
export function toWords(names: Iterable<string>): Words {
  const exact = new Set(names);
  return { exact, lower: new Set([...exact].map((name) => name.toLowerCase())) };
}

/**
 * Why arguments cannot be judged, or undefined: there is too much of them, or another reader could see something else than
 * the rules do: a member that differs only in case from one that a rule looks for, or an integer that JavaScript rounds.
 */
export function faultOfArguments(args: unknown, { bounds, words }: ArgumentChecks): string | undefined {
  return look(args, { ...bounds, words });
}

// ---

interface Look {
  values: number;
  characters: number;
  readonly words: Words;
}

const TOO_MUCH = 'the arguments are too large to be judged';

function look(value: unknown, left: Look): string | undefined {
  left.values -= 1;
  if (typeof value === 'string') left.characters -= value.length;
  if (left.values < 0 || left.characters < 0) return TOO_MUCH;
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value))
    return 'the arguments hold an integer that is not safe in JavaScript';
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, member] of Object.entries(value)) {
    left.characters -= key.length;
    if (isCaseVariant(key, left.words))
      return 'a member of the arguments differs only in case from one in a rule';
    const fault = look(member, left);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function isCaseVariant(key: string, { exact, lower }: Words): boolean {
  return !exact.has(key) && lower.has(key.toLowerCase());
}

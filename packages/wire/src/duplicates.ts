/**
 * Says what in a JSON text two readers could take differently, or undefined: a member twice in one object at any level, or,
 * in the message and its `params`, a member that is a protocol member but for its case, or two that are alike but for it.
 * The text must be one that `JSON.parse` has accepted; time and memory are linear in it.
 */
export function findAmbiguous(text: string): string | undefined {
  const open: Level[] = [];
  let level: Level | undefined;
  let at = 0;
  while (at < text.length) {
    switch (text.charCodeAt(at)) {
      case OPEN_OBJECT:
        level = new Level(membersAt(open));
        open.push(level);
        break;
      case OPEN_ARRAY:
        level = ARRAY;
        open.push(level);
        break;
      case CLOSE_OBJECT:
      case CLOSE_ARRAY:
        open.pop();
        level = open[open.length - 1];
        break;
      case COMMA:
        if (level !== undefined && level !== ARRAY) level.atKey = true;
        break;
      case QUOTE: {
        const end = endOfString(text, at);
        if (level?.atKey) {
          const fault = level.add(readString(text, at, end));
          if (fault !== undefined) return fault;
        }
        at = end;
        break;
      }
      default:
        break;
    }
    at += 1;
  }
  return undefined;
}

/** An object or an array that is open. */
class Level {
  /** Whether the next string is a member's name. */
  atKey = true;
  /** The member that is being read. */
  key = '';
  /** Of the message and its params: the members of the protocol, by their names without their case. */
  readonly #known: ReadonlyMap<string, string> | undefined;
  readonly #names = new Names();
  /** Names without their case, from the first one on that has any. */
  #folded: Names | undefined;

  constructor(known: ReadonlyMap<string, string> | undefined) {
    this.#known = known;
  }

  /** Says what is wrong with another member. */
  add(key: string): string | undefined {
    if (!this.#names.add(key)) return `The member ${shown(key)} occurs twice in one object`;
    this.key = key;
    this.atKey = false;
    if (this.#known === undefined) return undefined;
    const folded = WITHOUT_CASE.test(key) ? key : fold(key);
    const known = this.#known.get(folded);
    if (known !== undefined && known !== key) return `The member ${shown(key)} must be written ${known}`;
    if (this.#folded === undefined) {
      if (folded === key) return undefined;
      // Those before had no case: they are their own names without it. This one is among them by now.
      this.#folded = this.#names.without(key);
    }
    return this.#folded.add(folded) ? undefined : `The member ${shown(key)} occurs twice but for its case`;
  }
}

/** Different texts. A few are found sooner in a list than in a set. */
class Names {
  #few: string[] = [];
  #many: Set<string> | undefined;

  /** Says whether the name is new. */
  add(name: string): boolean {
    if (this.#many !== undefined) return this.#many.size < this.#many.add(name).size;
    if (this.#few.includes(name)) return false;
    if (this.#few.push(name) > MOST_LISTED) this.#many = new Set(this.#few);
    return true;
  }

  without(left: string): Names {
    const names = new Names();
    for (const name of this.#many ?? this.#few) if (name !== left) names.add(name);
    return names;
  }
}

const MOST_LISTED = 12;
/** Names that have no case to differ in. */
const WITHOUT_CASE = /^[a-z0-9_./-]*$/;

const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const COMMA = 0x2c;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

const ARRAY = new Level(undefined);
ARRAY.atKey = false;

const MESSAGE_MEMBERS = byFold(['jsonrpc', 'id', 'method', 'params', 'result', 'error']);
const PARAMS_MEMBERS = byFold([
  '_meta',
  'name',
  'uri',
  'arguments',
  'cursor',
  'inputResponses',
  'requestState',
  'notifications',
  'ref',
  'argument',
  'context',
  'taskId',
]);

/** The members of the protocol that an object has which opens within those. */
function membersAt(open: readonly Level[]): ReadonlyMap<string, string> | undefined {
  if (open.length === 0) return MESSAGE_MEMBERS;
  return open.length === 1 && open[0]?.key === 'params' ? PARAMS_MEMBERS : undefined;
}

/** The index of the quote that ends the string whose first quote is at `start`. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end;
}

function isEscaped(text: string, at: number): boolean {
  let before = at - 1;
  while (text.charCodeAt(before) === BACKSLASH) before -= 1;
  return (at - before) % 2 === 0;
}

function readString(text: string, start: number, end: number): string {
  const raw = text.slice(start + 1, end);
  if (!raw.includes('\\')) return raw;
  const value: unknown = JSON.parse(`"${raw}"`);
  return String(value);
}

// Upper case first: readers that ignore case take ſ (U+017F) for s, and K (U+212A) for k.
function fold(key: string): string {
  return key.toUpperCase().toLowerCase();
}

function byFold(names: readonly string[]): ReadonlyMap<string, string> {
  return new Map(names.map((name) => [fold(name), name]));
}

function shown(key: string): string {
  return JSON.stringify(key.length > 64 ? `${key.slice(0, 64)}…` : key);
}

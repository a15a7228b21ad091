/**
 * Says what in a JSON text two readers could take differently, or undefined: a member twice in one object at any level, or,
 * in the message and its `params`, a member that is a protocol member but for its case, or two that are alike but for it.
 * The text must be one that `JSON.parse` has accepted; time and memory are linear in it.
 */
export function findAmbiguous(text: string): string | undefined {
  const open: Level[] = [];
  let at = 0;
  while (at < text.length) {
    switch (text.charCodeAt(at)) {
      case OPEN_OBJECT:
        open.push(objectLevel(open));
        break;
      case OPEN_ARRAY:
        open.push(ARRAY);
        break;
      case CLOSE_OBJECT:
      case CLOSE_ARRAY:
        open.pop();
        break;
      case COMMA: {
        const level = open[open.length - 1];
        if (level !== undefined && level !== ARRAY) level.atKey = true;
        break;
      }
      case QUOTE: {
        const end = endOfString(text, at);
        const level = open[open.length - 1];
        if (level?.atKey) {
          const fault = addKey(level, readString(text, at, end));
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

interface Level {
  /** Whether the next string is a member's name. */
  atKey: boolean;
  /** The member that is being read. */
  key: string;
  readonly keys: Set<string>;
  /** Names without their case; only for the message and its params. */
  readonly folded: Set<string> | undefined;
  readonly known: ReadonlyMap<string, string> | undefined;
}

const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const COMMA = 0x2c;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

const ARRAY: Level = Object.freeze({
  atKey: false,
  key: '',
  keys: new Set<string>(),
  folded: undefined,
  known: undefined,
});

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

function objectLevel(open: readonly Level[]): Level {
  const known = open.length === 0 ? MESSAGE_MEMBERS : isParams(open) ? PARAMS_MEMBERS : undefined;
  return {
    atKey: true,
    key: '',
    keys: new Set(),
    folded: known === undefined ? undefined : new Set(),
    known,
  };
}

function isParams(open: readonly Level[]): boolean {
  return open.length === 1 && open[0]?.key === 'params';
}

function addKey(level: Level, key: string): string | undefined {
  if (level.keys.has(key)) return `The member ${shown(key)} occurs twice in one object`;
  level.keys.add(key);
  level.key = key;
  level.atKey = false;
  if (level.folded === undefined) return undefined;
  const folded = fold(key);
  const known = level.known?.get(folded);
  if (known !== undefined && known !== key) return `The member ${shown(key)} must be written ${known}`;
  if (level.folded.has(folded)) return `The member ${shown(key)} occurs twice but for its case`;
  level.folded.add(folded);
  return undefined;
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

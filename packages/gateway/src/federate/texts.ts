/**
 * Which texts of a JSON document are looked for: the value itself where `text` gives it a kind, what is in an object under
 * `members`, what is in an array under `each`. Everything else is passed over unread. `any` is for a value of whatever type.
 */
export interface Shape<Kind extends string> {
  readonly text?: Kind;
  readonly any?: Kind;
  readonly members?: ReadonlyMap<string, Shape<Kind>>;
  readonly each?: Shape<Kind>;
}

/** A text that was found. */
export interface Found<Kind extends string> {
  readonly kind: Kind;
  /** The text; of a value of whatever type, its JSON. */
  readonly value: string;
  /** Where its JSON begins, and where it has ended. */
  readonly start: number;
  readonly end: number;
}

/** What takes the place of a text that was found. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  /** JSON. */
  readonly json: string;
}

/** The shape of an object with those members. */
export function object<Kind extends string>(members: Readonly<Record<string, Shape<Kind>>>): Shape<Kind> {
  return { members: new Map(Object.entries(members)) };
}

/** The texts of a document that has that shape, in order. The document must be one that `JSON.parse` has accepted. */
export function findTexts<Kind extends string>(json: string, shape: Shape<Kind>): Found<Kind>[] {
  const search = new Search<Kind>(json);
  search.value(shape);
  return search.found;
}

/**
 * The document with other texts in some places; the edits are in order. All else stays as it was, to the digit and the blank:
 * what was not meant cannot change.
 */
export function editTexts(json: string, edits: readonly Edit[]): string {
  if (edits.length === 0) return json;
  let edited = '';
  let at = 0;
  for (const edit of edits) {
    edited += json.slice(at, edit.start) + edit.json;
    at = edit.end;
  }
  return edited + json.slice(at);
}

// ---

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const COMMA = 0x2c;
const COLON = 0x3a;
const BLANK = 0x20;

class Search<Kind extends string> {
  readonly found: Found<Kind>[] = [];
  readonly #json: string;
  #at = 0;

  constructor(json: string) {
    this.#json = json;
  }

  /** Reads the value that comes next. As deep as the shape, however deep the document. */
  value(shape: Shape<Kind>): void {
    this.#blanks();
    const first = this.#json.charCodeAt(this.#at);
    if (shape.any !== undefined) this.#any(shape.any, first);
    else if (first === OPEN_OBJECT && shape.members !== undefined) this.#object(shape.members);
    else if (first === OPEN_ARRAY && shape.each !== undefined) this.#array(shape.each);
    else if (first === QUOTE && shape.text !== undefined) this.#text(shape.text);
    else this.#skip(first);
  }

  #object(members: ReadonlyMap<string, Shape<Kind>>): void {
    this.#at += 1;
    for (this.#blanks(); this.#json.charCodeAt(this.#at) !== CLOSE_OBJECT; this.#separator(COMMA)) {
      const key = this.#string();
      this.#separator(COLON);
      const shape = members.get(key);
      if (shape === undefined) this.#skip(this.#json.charCodeAt(this.#at));
      else this.value(shape);
    }
    this.#at += 1;
  }

  #array(each: Shape<Kind>): void {
    this.#at += 1;
    for (this.#blanks(); this.#json.charCodeAt(this.#at) !== CLOSE_ARRAY; this.#separator(COMMA))
      this.value(each);
    this.#at += 1;
  }

  #text(kind: Kind): void {
    const start = this.#at;
    const value = this.#string();
    this.found.push({ kind, value, start, end: this.#at });
  }

  #any(kind: Kind, first: number): void {
    const start = this.#at;
    this.#skip(first);
    this.found.push({ kind, value: this.#json.slice(start, this.#at), start, end: this.#at });
  }

  #string(): string {
    const start = this.#at;
    this.#at = afterString(this.#json, start);
    const raw = this.#json.slice(start + 1, this.#at - 1);
    if (!raw.includes('\\')) return raw;
    const value: unknown = JSON.parse(this.#json.slice(start, this.#at));
    return String(value);
  }

  #skip(first: number): void {
    if (first === QUOTE) this.#at = afterString(this.#json, this.#at);
    else if (first === OPEN_OBJECT || first === OPEN_ARRAY) this.#skipNested();
    else while (this.#at < this.#json.length && !isEnd(this.#json.charCodeAt(this.#at))) this.#at += 1;
  }

  #skipNested(): void {
    let depth = 0;
    do {
      const unit = this.#json.charCodeAt(this.#at);
      if (unit === QUOTE) {
        this.#at = afterString(this.#json, this.#at);
        continue;
      }
      if (unit === OPEN_OBJECT || unit === OPEN_ARRAY) depth += 1;
      else if (unit === CLOSE_OBJECT || unit === CLOSE_ARRAY) depth -= 1;
      this.#at += 1;
    } while (depth > 0 && this.#at < this.#json.length);
  }

  /** Passes over one separator, if it is next, and the blanks around it. */
  #separator(separator: number): void {
    this.#blanks();
    if (this.#json.charCodeAt(this.#at) !== separator) return;
    this.#at += 1;
    this.#blanks();
  }

  #blanks(): void {
    while (this.#at < this.#json.length && this.#json.charCodeAt(this.#at) <= BLANK) this.#at += 1;
  }
}

function afterString(json: string, start: number): number {
  let end = json.indexOf('"', start + 1);
  while (end !== -1 && isEscaped(json, end)) end = json.indexOf('"', end + 1);
  return end === -1 ? json.length : end + 1;
}

function isEscaped(json: string, at: number): boolean {
  let before = at - 1;
  while (json.charCodeAt(before) === BACKSLASH) before -= 1;
  return (at - before) % 2 === 0;
}

function isEnd(unit: number): boolean {
  return unit === COMMA || unit === CLOSE_OBJECT || unit === CLOSE_ARRAY || unit <= BLANK;
}

/** How a reader treats members of the same name, and whether case tells names apart. */
export interface ReaderHabits {
  readonly duplicates: 'first' | 'last';
  readonly ignoresCase: boolean;
  readonly encoding: BufferEncoding | 'utf-16be';
}

/** What a reader makes of JSON; `undefined` where it refuses. Member names are in lower case where case is ignored. */
export function readJson(bytes: Buffer, habits: ReaderHabits): unknown {
  const text =
    habits.encoding === 'utf-16be'
      ? Buffer.from(bytes.subarray(0, bytes.length & ~1))
          .swap16()
          .toString('utf16le')
      : bytes.toString(habits.encoding);
  const reader = new Reader(text.replace(/^\ufeff/, ''), habits);
  try {
    return reader.whole();
  } catch {
    return undefined;
  }
}

// ---

/** Reads JSON member by member, so that it is seen which of several counts. */
class Reader {
  readonly #text: string;
  readonly #habits: ReaderHabits;
  #at = 0;

  constructor(text: string, habits: ReaderHabits) {
    this.#text = text;
    this.#habits = habits;
  }

  whole(): unknown {
    const value = this.#value();
    this.#blanks();
    if (this.#at !== this.#text.length) throw new Error('trailing text');
    return value;
  }

  #value(): unknown {
    this.#blanks();
    const next = this.#text[this.#at];
    if (next === '{') return this.#object();
    if (next === '[') return this.#array();
    const token = /^("(?:[^"\\]|\\.)*"|-?[0-9][0-9.eE+-]*|true|false|null)/s.exec(
      this.#text.slice(this.#at),
    )?.[0];
    if (token === undefined) throw new Error('no value');
    this.#at += token.length;
    return JSON.parse(token);
  }

  #object(): object {
    const found = new Map<string, unknown>();
    this.#at += 1;
    this.#blanks();
    if (this.#take('}')) return {};
    do {
      const written = this.#value();
      if (typeof written !== 'string') throw new Error('no name');
      const name = this.#habits.ignoresCase ? written.toLowerCase() : written;
      this.#blanks();
      this.#expect(':');
      const value = this.#value();
      if (!found.has(name) || this.#habits.duplicates === 'last') found.set(name, value);
      this.#blanks();
    } while (this.#take(','));
    this.#expect('}');
    return Object.fromEntries(found);
  }

  #array(): unknown[] {
    const items: unknown[] = [];
    this.#at += 1;
    this.#blanks();
    if (this.#take(']')) return items;
    do {
      items.push(this.#value());
      this.#blanks();
    } while (this.#take(','));
    this.#expect(']');
    return items;
  }

  #blanks(): void {
    while (' \t\r\n'.includes(this.#text[this.#at] ?? '_')) this.#at += 1;
  }

  #take(mark: string): boolean {
    if (this.#text[this.#at] !== mark) return false;
    this.#at += 1;
    this.#blanks();
    return true;
  }

  #expect(mark: string): void {
    if (this.#text[this.#at] !== mark) throw new Error(`no ${mark}`);
    this.#at += 1;
  }
}

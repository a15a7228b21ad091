import type { Resource } from '../resources.ts';
import type { StoredValue, ValueStore } from '../store/store.ts';

/** What is pinned: a definition of one server. */
export interface PinKey {
  readonly server: string;
  readonly kind: PinKind;
  /** The name, the URI template, or the URI of a page. */
  readonly name: string;
}

/** What can be pinned. */
export type PinKind = 'tool' | 'prompt' | 'template' | 'page';

/** What is known of a definition. */
export interface Pin extends PinKey {
  /** The digest that is approved; absent where none is. */
  readonly approved?: string;
  /** A digest that has been seen and not been decided on. */
  readonly pending?: string;
  /** A digest that has been rejected. */
  readonly rejected?: string;
}

/** A pin, and when it was changed last. */
export interface ListedPin extends Pin {
  /** Milliseconds since the epoch. */
  readonly changedAt: number;
}

/** Pins in a store, shared by all instances that use it. */
export class PinBook {
  readonly #values: ValueStore;

  constructor(values: ValueStore) {
    this.#values = values;
  }

  /** All pins, or those of one server. */
  async list(server?: string): Promise<readonly ListedPin[]> {
    const pins: ListedPin[] = [];
    const prefix = server === undefined ? '' : `${server}/`;
    let after = prefix;
    for (;;) {
      const page = await this.#values.list(SPACE, { after, limit: PAGE });
      for (const stored of page) {
        if (!stored.key.startsWith(prefix)) return pins;
        pins.push({ ...pinOf(stored), changedAt: stored.changedAt });
      }
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) return pins;
      after = last.key;
    }
  }

  /** Changes a pin; `change` is asked again where somebody else was first. `undefined` leaves it as it is. */
  async change(key: PinKey, change: (pin: Pin) => Pin | undefined): Promise<Pin> {
    const where = { space: SPACE, key: textOf(key) };
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const stored = await this.#values.get(where);
      const before = stored === undefined ? key : pinOf(stored);
      const after = change(before);
      if (after === undefined) return before;
      if ((await this.#values.put(where, JSON.stringify(after), stored?.version ?? 0)) !== undefined)
        return after;
    }
    throw new Error('a pin keeps changing');
  }
}

/** Values that are kept until the process ends, for gateways without a store. */
export function memoryValues(clock: () => number): ValueStore & Resource {
  const values = new Map<string, StoredValue>();
  const keyOf = ({ space, key }: { readonly space: string; readonly key: string }) => `${space} ${key}`;
  return {
    get: async (where) => values.get(keyOf(where)),
    list: async (space, { after = '', limit }) =>
      [...values.entries()]
        .filter(([key, value]) => key === keyOf({ space, key: value.key }) && value.key > after)
        .map(([, value]) => value)
        .sort((a, b) => (a.key < b.key ? -1 : 1))
        .slice(0, limit),
    put: async (where, value, seen) => {
      const version = values.get(keyOf(where))?.version ?? 0;
      if (version !== seen) return undefined;
      values.set(keyOf(where), { key: where.key, version: version + 1, value, changedAt: clock() });
      return version + 1;
    },
    remove: async (where, seen) => values.get(keyOf(where))?.version === seen && values.delete(keyOf(where)),
    close: () => values.clear(),
  };
}

/** A pin's key as text, in which the pins of a server stand together. */
export function textOf({ server, kind, name }: PinKey): string {
  return `${server}/${kind}/${name}`;
}

// ---

const SPACE = 'pins';
const PAGE = 1000;
const MOST_ROUNDS = 10;

function pinOf({ value }: StoredValue): Pin {
  // What this class has written.
  return JSON.parse(value) as Pin;
}

import { memoryReplayStore } from '@switchyard/auth/resource';
import type { SharedState } from './shared-state.ts';

/** How state in memory is bounded. */
export interface MemoryStateOptions {
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** How many bytes of keys and values are kept; those used longest ago go first. @default 64 MiB */
  readonly maxBytes?: number;
}

const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;
const ENTRY_OVERHEAD = 128;

/** The state of one instance, bounded. */
export function memoryState({ clock, maxBytes = DEFAULT_MAX_BYTES }: MemoryStateOptions): SharedState {
  const values = new BoundedValues(clock, maxBytes);
  const counters = new BoundedValues(clock, maxBytes);
  const replay = memoryReplayStore({ now: clock });
  return {
    shared: false,
    scripts: undefined,
    consume: (id, expiresAt) => replay.consume(id, expiresAt),
    get: async (key) => values.get(key),
    set: async (key, value, ttlMs) => values.set(key, Buffer.from(value), ttlMs),
    delete: async (key) => values.delete(key),
    increment: async (key, ttlMs) => {
      const next = (counters.get(key)?.readDoubleBE() ?? 0) + 1;
      const value = Buffer.alloc(8);
      value.writeDoubleBE(next);
      counters.set(key, value, ttlMs);
      return next;
    },
    refused: async () => undefined,
    close: () => {},
  };
}

// ---

interface Entry {
  readonly value: Buffer;
  readonly expiresAt: number;
}

class BoundedValues {
  readonly #entries = new Map<string, Entry>();
  readonly #clock: () => number;
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(clock: () => number, maxBytes: number) {
    this.#clock = clock;
    this.#maxBytes = maxBytes;
  }

  get(key: string): Buffer | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    if (entry.expiresAt <= this.#clock()) {
      this.#bytes -= sizeOf(key, entry);
      return undefined;
    }
    this.#entries.set(key, entry);
    return entry.value;
  }

  set(key: string, value: Buffer, ttlMs: number): void {
    this.delete(key);
    const entry: Entry = { value, expiresAt: this.#clock() + ttlMs };
    this.#entries.set(key, entry);
    this.#bytes += sizeOf(key, entry);
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#maxBytes) break;
      this.delete(oldest);
    }
  }

  delete(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#bytes -= sizeOf(key, entry);
  }
}

function sizeOf(key: string, { value }: Entry): number {
  return key.length * 2 + value.byteLength + ENTRY_OVERHEAD;
}

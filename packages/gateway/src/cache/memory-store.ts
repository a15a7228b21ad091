import type { About, CacheStore, Entry, Mark } from './entry.ts';

const OVERHEAD_BYTES = 400;

interface Kept {
  readonly key: string;
  readonly entry: Entry;
  readonly size: number;
}

/** Answers in memory, within a bound in bytes; those used longest ago go first. */
export class MemoryStore implements CacheStore {
  readonly #maxBytes: number;
  readonly #clock: () => number;
  /** The one used last comes last. */
  readonly #kept = new Map<string, Kept>();
  /** By server and topic, so that news do not look through everything. */
  readonly #about = new Map<string, Map<string, Set<Kept>>>();
  /** How often each server has had news; forgotten with nothing: servers are configured. */
  readonly #news = new Map<string, number>();
  #bytes = 0;

  constructor(maxBytes: number, clock: () => number) {
    this.#maxBytes = maxBytes;
    this.#clock = clock;
  }

  get size(): { readonly entries: number; readonly bytes: number } {
    return { entries: this.#kept.size, bytes: this.#bytes };
  }

  get(key: string): Entry | undefined {
    const kept = this.#kept.get(key);
    if (kept === undefined) return undefined;
    if (this.#clock() >= kept.entry.receivedAt + kept.entry.keepMs) {
      this.#forget(kept);
      return undefined;
    }
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    return kept.entry;
  }

  mark({ server }: About): Mark {
    return String(this.#news.get(server) ?? 0);
  }

  set(key: string, entry: Entry, mark: Mark): void {
    if (mark !== this.mark(entry)) return;
    const before = this.#kept.get(key);
    if (before !== undefined) this.#forget(before);
    const size = entry.body.byteLength + 2 * (key.length + entry.topic.length) + OVERHEAD_BYTES;
    if (size > this.#maxBytes) return;
    const kept = { key, entry, size };
    this.#kept.set(key, kept);
    this.#bytes += size;
    this.#list(kept);
    for (const oldest of this.#kept.values()) {
      if (this.#bytes <= this.#maxBytes) break;
      this.#forget(oldest);
    }
  }

  drop(server: string, topic?: string): void {
    this.#news.set(server, (this.#news.get(server) ?? 0) + 1);
    const topics = this.#about.get(server);
    for (const [name, entries] of topics ?? []) {
      if (topic !== undefined && name !== topic) continue;
      for (const kept of [...entries]) this.#forget(kept);
    }
  }

  #list(kept: Kept): void {
    const { server, topic } = kept.entry;
    let topics = this.#about.get(server);
    if (topics === undefined) {
      topics = new Map();
      this.#about.set(server, topics);
    }
    const entries = topics.get(topic) ?? new Set();
    entries.add(kept);
    topics.set(topic, entries);
  }

  #forget(kept: Kept): void {
    if (!this.#kept.delete(kept.key)) return;
    this.#bytes -= kept.size;
    const { server, topic } = kept.entry;
    const topics = this.#about.get(server);
    const entries = topics?.get(topic);
    entries?.delete(kept);
    if (entries?.size === 0) topics?.delete(topic);
    if (topics?.size === 0) this.#about.delete(server);
  }
}

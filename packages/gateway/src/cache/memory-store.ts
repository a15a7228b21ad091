import { BoundedMap, type Sized } from '../bounded-map.ts';
import type { About, CacheStore, Entry, Mark } from './entry.ts';

const OVERHEAD_BYTES = 400;

interface Kept extends Sized {
  readonly entry: Entry;
}

/** Answers in memory, within a bound in bytes. */
export class MemoryStore implements CacheStore {
  readonly #clock: () => number;
  readonly #kept: BoundedMap<Kept>;
  /** By server and topic, so that news do not look through everything. */
  readonly #about = new Map<string, Map<string, Set<Kept>>>();
  /** How often each server has had news; forgotten with nothing: servers are configured. */
  readonly #news = new Map<string, number>();

  constructor(maxBytes: number, clock: () => number) {
    this.#clock = clock;
    this.#kept = new BoundedMap(maxBytes, (kept) => this.#unlist(kept));
  }

  get size(): { readonly entries: number; readonly bytes: number } {
    return { entries: this.#kept.size, bytes: this.#kept.bytes };
  }

  get(key: string): Entry | undefined {
    const entry = this.#kept.get(key)?.entry;
    if (entry === undefined) return undefined;
    if (this.#clock() < entry.receivedAt + entry.keepMs) return entry;
    this.#kept.delete(key);
    return undefined;
  }

  mark({ server }: About): Mark {
    return String(this.#news.get(server) ?? 0);
  }

  set(key: string, entry: Entry, mark: Mark): void {
    if (mark !== this.mark(entry)) return;
    const bytes = entry.body.byteLength + 2 * (key.length + entry.topic.length) + OVERHEAD_BYTES;
    const kept = { key, entry, bytes };
    if (this.#kept.set(kept)) this.#list(kept);
  }

  drop(server: string, topic?: string): void {
    this.#news.set(server, (this.#news.get(server) ?? 0) + 1);
    const topics = this.#about.get(server);
    for (const [name, entries] of topics ?? []) {
      if (topic !== undefined && name !== topic) continue;
      for (const { key } of [...entries]) this.#kept.delete(key);
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

  #unlist(kept: Kept): void {
    const { server, topic } = kept.entry;
    const topics = this.#about.get(server);
    const entries = topics?.get(topic);
    entries?.delete(kept);
    if (entries?.size === 0) topics?.delete(topic);
    if (topics?.size === 0) this.#about.delete(server);
  }
}

import { hash, randomUUID } from 'node:crypto';
import type { SharedState } from '../state/shared-state.ts';
import type { About, CacheStore, Entry, Mark } from './entry.ts';

const MOST_KEPT_MS = 24 * 60 * 60 * 1000;
/** News are remembered longer than anything that they concern. */
const NEWS_MS = 2 * MOST_KEPT_MS;
/** Larger answers are fetched anew rather than sent to and fro. */
const MAX_BODY_BYTES = 1024 * 1024;

/**
 * Answers in shared state. Each has the mark that its server and topic had when it was asked for: news set another mark,
 * never used before, and what has an older one is not there any more, whichever instance kept it.
 */
export class StateStore implements CacheStore {
  readonly size = { entries: 0, bytes: 0 };
  readonly #state: SharedState;
  readonly #clock: () => number;
  /** The news that are being told, and whether there are more of the same since. */
  readonly #telling = new Map<string, { again: boolean }>();

  constructor(state: SharedState, clock: () => number) {
    this.#state = state;
    this.#clock = clock;
  }

  async get(key: string, about: About): Promise<Entry | undefined> {
    try {
      const [mark, value] = await Promise.all([this.#mark(about), this.#state.get(entryKey(key))]);
      const found = value === undefined ? undefined : decode(value);
      if (found === undefined || found.mark !== mark) return undefined;
      const { receivedAt, keepMs } = found.entry;
      const now = this.#clock();
      // Another instance's clock may be ahead of ours.
      return now >= receivedAt + keepMs
        ? undefined
        : { ...found.entry, receivedAt: Math.min(receivedAt, now) };
    } catch {
      return undefined;
    }
  }

  async mark(about: About): Promise<Mark> {
    return this.#mark(about).catch(() => undefined);
  }

  async set(key: string, entry: Entry, mark: Mark): Promise<void> {
    if (mark === undefined || entry.body.byteLength > MAX_BODY_BYTES) return;
    // What cannot be kept is fetched again.
    const keepMs = Math.min(entry.keepMs, MOST_KEPT_MS);
    await this.#state.set(entryKey(key), encode({ ...entry, keepMs }, mark), keepMs).catch(() => undefined);
  }

  async drop(server: string, topic?: string): Promise<void> {
    const key = newsKey(server, topic);
    const before = this.#telling.get(key);
    if (before !== undefined) {
      before.again = true;
      return;
    }
    const news = { again: true };
    this.#telling.set(key, news);
    while (news.again) {
      news.again = false;
      // Where news cannot be told, entries end with their time to live, as they do without news.
      await this.#state.set(key, Buffer.from(randomUUID()), NEWS_MS).catch(() => undefined);
    }
    this.#telling.delete(key);
  }

  async #mark({ server, topic }: About): Promise<string> {
    const marks = [this.#state.get(newsKey(server)), this.#state.get(newsKey(server, topic))];
    return (await Promise.all(marks)).map((mark) => mark?.toString('latin1') ?? '').join(' ');
  }
}

// ---

function entryKey(key: string): string {
  return `cache:entry:${digest(key)}`;
}

function newsKey(server: string, topic?: string): string {
  return `cache:news:${digest(JSON.stringify(topic === undefined ? [server] : [server, topic]))}`;
}

function digest(text: string): string {
  return hash('sha256', text, 'base64url');
}

interface Found {
  readonly entry: Entry;
  readonly mark: string;
}

function encode({ body, ...head }: Entry, mark: string): Buffer {
  return Buffer.concat([Buffer.from(`${JSON.stringify({ ...head, mark })}\n`), body]);
}

function decode(value: Buffer): Found | undefined {
  const end = value.indexOf(10);
  if (end === -1) return undefined;
  // Written by `encode` of an instance that shares our state.
  const { mark, ...head } = JSON.parse(value.toString('utf8', 0, end)) as Omit<Entry, 'body'> & {
    mark: string;
  };
  return { mark, entry: { ...head, body: value.subarray(end + 1) } };
}

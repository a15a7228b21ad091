/** An answer that is kept. */
export interface Entry {
  /** The server's name and what changes with it; see `topicOf`. */
  readonly server: string;
  readonly topic: string;
  /** The result, made ready (see `readyResult`). */
  readonly body: Buffer;
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
  /** For how long it is fresh, in milliseconds. */
  readonly ttlMs: number;
  /** For how long it may be of any use, stale or not, in milliseconds. */
  readonly keepMs: number;
}

/** What a store gave, and the store's mark of the moment before which it is out of date. */
export interface CacheStore {
  /**
   * The entry of a key; `undefined` where there is none or news have come since. At once where the store can.
   * Rejects never: a store that cannot be asked has nothing.
   */
  get(key: string, about: About): Entry | undefined | Promise<Entry | undefined>;
  /** A mark to be taken before a server is asked: what is set with it is lost where news come in the meantime. */
  mark(about: About): Mark | Promise<Mark>;
  set(key: string, entry: Entry, mark: Mark): void | Promise<void>;
  /** News: what is kept of a topic of a server is out of date, also what is being fetched. Without a topic: all of it. */
  drop(server: string, topic?: string): void | Promise<void>;
  /** What is kept, as far as the store knows. */
  readonly size: { readonly entries: number; readonly bytes: number };
}

/** What an entry is about. */
export interface About {
  readonly server: string;
  readonly topic: string;
}

/** A moment in the history of a server, as its store counts. */
export type Mark = string | undefined;

const TOPICS: ReadonlyMap<string, string> = new Map([
  ['server/discover', 'discover'],
  ['tools/list', 'tools'],
  ['prompts/list', 'prompts'],
  ['resources/list', 'resources'],
  ['resources/templates/list', 'resources'],
]);

/** What changes together with the result of a request: a list, or one resource. */
export function topicOf(method: string, params: Readonly<Record<string, unknown>>): string {
  const topic = TOPICS.get(method);
  return topic ?? topicOfResource(String(params['uri']));
}

/** The resource that a topic is; `undefined` for a list. */
export function resourceOf(topic: string): string | undefined {
  return topic.startsWith(READ) ? topic.slice(READ.length) : undefined;
}

/** The topic of a resource. */
export function topicOfResource(uri: string): string {
  return READ + uri;
}

// ---

const READ = 'read ';

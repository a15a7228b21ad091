import type { Resource } from '../resources.ts';

/** What must not be lost: the audit trail, and values such as pins. One file of SQLite, or one schema of PostgreSQL. */
export interface Store extends Resource {
  readonly audit: AuditStore;
  readonly values: ValueStore;
  /** Finishes what was begun, then lets go of the database. Everything after it rejects with `closed`. */
  close(): Promise<void>;
}

/** One record of the audit trail as it is kept. Its `body` is what was hashed, byte for byte. */
export interface AuditRow {
  /** The chain that it is in: one for each time that a gateway starts. */
  readonly chain: string;
  /** Counts from 1 within the chain. */
  readonly seq: number;
  /** The hash of the record before it; for the first one 43 times `A`. */
  readonly prev: string;
  /** SHA-256 over chain, number, `prev` and body (see `record/chain.ts`), base64url. */
  readonly hash: string;
  /** JSON text. */
  readonly body: string;
}

/** The last record of a chain. */
export interface ChainHead {
  readonly chain: string;
  readonly seq: number;
  readonly hash: string;
}

/** Which records are wanted; all that is given must hold. */
export interface AuditFilter {
  /** Milliseconds since the epoch, inclusive. */
  readonly from?: number;
  /** Milliseconds since the epoch, exclusive. */
  readonly to?: number;
  readonly chain?: string;
  readonly event?: string;
  readonly subject?: string;
  readonly tenant?: string;
  readonly method?: string;
  readonly name?: string;
  readonly server?: string;
  /** Why the gateway itself answered. */
  readonly refusedFor?: string;
  /** `allowed`, `denied` or `flagged`: records in which some stage decided so. */
  readonly decision?: string;
}

/** A position in the order of records: by time, then chain, then number. */
export interface AuditPosition {
  readonly at: number;
  readonly chain: string;
  readonly seq: number;
}

/** A page of what was found. */
export interface AuditQuery {
  readonly filter: AuditFilter;
  readonly order: 'oldest-first' | 'newest-first';
  /** The last record of the page before. */
  readonly after?: AuditPosition;
  readonly limit: number;
}

/** The audit trail. Rows are added and, from the start of a chain, removed; never changed. */
export interface AuditStore {
  /** Adds rows, all or none. Rejects with `conflict` where one of them is there already. */
  append(rows: readonly AuditRow[]): Promise<void>;
  /** The heads of the chains written to last, newest first. */
  heads(limit: number): Promise<readonly ChainHead[]>;
  /** The names of all chains, in order of name. */
  chains(): Promise<readonly string[]>;
  /** The rows of a chain after a number, in order. */
  read(chain: string, after: number, limit: number): Promise<readonly AuditRow[]>;
  find(query: AuditQuery): Promise<readonly AuditRow[]>;
  /** Removes the rows of a chain before a number; resolves with how many there were. */
  removeBefore(chain: string, seq: number): Promise<number>;
}

/** A value that is kept under a key. */
export interface StoredValue {
  readonly key: string;
  /** Counts the changes of this key, from 1. */
  readonly version: number;
  /** JSON text, mostly. */
  readonly value: string;
  /** Milliseconds since the epoch. */
  readonly changedAt: number;
}

/** Where to find a value: whose it is, and its key. */
export interface ValueKey {
  /** Who keeps it, `pins` for one. */
  readonly space: string;
  readonly key: string;
}

/** Values by space and key. Whoever changes one says which version it has seen, so that no change is lost. */
export interface ValueStore {
  get(where: ValueKey): Promise<StoredValue | undefined>;
  /** The values of a space in order of key, after a key. */
  list(
    space: string,
    page: { readonly after?: string; readonly limit: number },
  ): Promise<readonly StoredValue[]>;
  /**
   * Sets a value where the version is still `seen` (0: there is none yet). Resolves with the new version, or with
   * `undefined` where somebody else was first.
   */
  put(where: ValueKey, value: string, seen: number): Promise<number | undefined>;
  /** Removes a value where the version is still `seen`; resolves with whether it did. */
  remove(where: ValueKey, seen: number): Promise<boolean>;
}

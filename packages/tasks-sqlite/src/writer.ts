import type { Connection } from './connection.ts';
import { isBusy, SqliteStoreError, toStoreError } from './error.ts';

/** How writes are gathered. */
export interface WriterOptions {
  /** How long writes wait for another process's write lock before they reject with `busy`, in milliseconds. */
  readonly busyTimeoutMs: number;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
}

/**
 * Carries out writes together. Those that arrive while the event loop is busy, and those that arrive while another
 * process has the write lock, become one transaction: one wait for the disk for all of them. Each is answered after the
 * commit. A write that throws does not harm the others.
 */
export class Writer {
  readonly #connection: Connection;
  readonly #options: WriterOptions;
  #waiting: Job[] = [];
  #scheduled = false;
  #closed = false;
  #busySince: number | undefined;

  constructor(connection: Connection, options: WriterOptions) {
    this.#connection = connection;
    this.#options = options;
  }

  /** Resolves to what the work returns once it is committed. The work may run twice, the first time without effect. */
  write<T>(work: () => T): Promise<T> {
    if (this.#closed) return Promise.reject(new SqliteStoreError('closed', 'The store is closed'));
    return new Promise<T>((resolve, reject) => {
      const attempt = (): (() => void) => {
        const value = work();
        return () => resolve(value);
      };
      this.#waiting.push({ attempt, reject });
      this.#schedule();
    });
  }

  /**
   * What the work reads. Readers do not wait for writers, but for the moment in which a file is put in order after the death of
   * whoever wrote to it.
   */
  async read<T>(work: () => T): Promise<T> {
    const since = this.#options.now();
    for (;;) {
      if (this.#closed) throw new SqliteStoreError('closed', 'The store is closed');
      try {
        return work();
      } catch (error) {
        if (error instanceof TypeError) throw error;
        if (!isBusy(error) || this.#options.now() - since > this.#options.busyTimeoutMs)
          throw toStoreError(error);
      }
      await new Promise<void>((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }

  /** Carries out what was accepted; later writes reject. */
  async close(): Promise<void> {
    this.#closed = true;
    while (this.#waiting.length > 0) await new Promise<void>((resolve) => setImmediate(resolve));
  }

  #schedule(delayMs = 0): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    const flush = (): void => {
      this.#scheduled = false;
      this.#flush();
    };
    if (delayMs > 0) setTimeout(flush, delayMs);
    else setImmediate(flush);
  }

  #flush(): void {
    const jobs = this.#waiting.slice(0, MOST_TOGETHER);
    try {
      const answers = this.#connection.immediately(() => jobs.map(({ attempt }) => attempt()));
      this.#settle(jobs.length);
      for (const answer of answers) answer();
    } catch (error) {
      if (isBusy(error)) {
        this.#waitForLock(error);
        return;
      }
      this.#settle(jobs.length);
      if (jobs.length === 1) jobs[0]?.reject(toStoreError(error));
      else this.#oneByOne(jobs);
    }
    if (this.#waiting.length > 0) this.#schedule();
  }

  #settle(count: number): void {
    this.#busySince = undefined;
    this.#waiting.splice(0, count);
  }

  /** One of them made the transaction fail, and nothing was written: each is tried alone, to find out which. */
  #oneByOne(jobs: readonly Job[]): void {
    for (const { attempt, reject } of jobs) {
      try {
        this.#connection.immediately(attempt)();
      } catch (error) {
        reject(toStoreError(error));
      }
    }
  }

  #waitForLock(error: unknown): void {
    const now = this.#options.now();
    this.#busySince ??= now;
    if (now - this.#busySince < this.#options.busyTimeoutMs) {
      this.#schedule(RETRY_MS);
      return;
    }
    const given = this.#waiting;
    this.#waiting = [];
    this.#busySince = undefined;
    for (const { reject } of given) reject(toStoreError(error));
  }
}

// ---------------------------------------------------------------------------------------------------------------------

interface Job {
  /** Does the work and returns what is to be called once it is committed. */
  readonly attempt: () => () => void;
  readonly reject: (error: unknown) => void;
}

/** Bounds how long the write lock is held at once. */
const MOST_TOGETHER = 100;
const RETRY_MS = 1;

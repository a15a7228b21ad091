import { appendFile } from 'node:fs/promises';
import type { GatewayLogger } from '../events.ts';
import type { Anchor, AnchorClaim, Signer } from './chain.ts';
import { type CheckpointEntry, ENTRY_VERSION } from './entry.ts';

/** What keeping anchors needs. */
export interface AnchorKeeperOptions {
  readonly signer: Signer | undefined;
  /** Records after which one is due. */
  readonly every: number;
  readonly intervalMs: number;
  /** The file that anchors are appended to. */
  readonly file: string | undefined;
  readonly log: GatewayLogger;
}

/** Knows when a chain is to be vouched for, makes the entries that do it, and appends them to the file of anchors. */
export class AnchorKeeper {
  readonly intervalMs: number;
  readonly #options: AnchorKeeperOptions;
  /** The number of the last checkpoint. */
  #last = 0;
  /** The number of the last checkpoint that is in the store. */
  #lastWritten = 0;
  #unwritten: Anchor[] = [];
  #appending: Promise<void> = Promise.resolve();

  constructor(options: AnchorKeeperOptions) {
    this.#options = options;
    this.intervalMs = options.intervalMs;
  }

  /** Whether there are records that nothing vouches for. */
  hasNews(seq: number): boolean {
    return seq > this.#last;
  }

  /** Whether so many are there that it is time. */
  isDue(seq: number): boolean {
    return seq - this.#last >= this.#options.every;
  }

  /** The entry that vouches for the chain up to a record; it becomes the one after that. */
  vouch(claim: AnchorClaim): CheckpointEntry {
    const { signer } = this.#options;
    const signed = signer === undefined ? {} : { key: signer.key, signature: signer.sign(claim) };
    const { chain, seq, hash, at } = claim;
    this.#last = seq + 1;
    if (this.#options.file !== undefined) this.#unwritten.push({ v: 1, chain, seq, hash, at, ...signed });
    return { v: ENTRY_VERSION, at, event: 'checkpoint', ...signed };
  }

  /** What has been vouched for is in the store now: the anchors may go out. */
  written(): void {
    const { file, log } = this.#options;
    this.#lastWritten = this.#last;
    if (file === undefined || this.#unwritten.length === 0) return;
    const lines = this.#unwritten.map((anchor) => `${JSON.stringify(anchor)}\n`).join('');
    this.#unwritten = [];
    this.#appending = this.#appending
      .then(() => appendFile(file, lines, { mode: 0o640 }))
      .catch((error: unknown) => log({ type: 'failed', error }));
  }

  /** What has been vouched for since is not going to be in the store as it was. */
  withdraw(): void {
    this.#last = this.#lastWritten;
    this.#unwritten = [];
  }

  /** All anchors are in the file. */
  settled(): Promise<void> {
    return this.#appending;
  }
}

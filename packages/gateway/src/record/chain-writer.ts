import type { GatewayLogger } from '../events.ts';
import { StoreError } from '../store/error.ts';
import type { AuditRow, AuditStore } from '../store/store.ts';
import { Batch } from './batch.ts';
import type { AnchorKeeper } from './checkpoints.ts';
import { entryText, type MarkEntry, markEntry } from './entry.ts';
import type { RecordQueue } from './queue.ts';

/** What writing a chain needs from outside. */
export interface ChainWriterContext {
  readonly audit: AuditStore;
  /** The name of the chain; never used before. */
  readonly chain: string;
  readonly instance: string;
  readonly keeper: AnchorKeeper;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly log: GatewayLogger;
}

/**
 * How many are hashed without a pause for other work: so few, or such a part of what waits, since pauses grow with load, and
 * what comes in the meantime must not outrun the writing.
 */
const SLICE = 64;
const SLICES = 8;
/** How many chains the first record of a new one vouches for. */
const HEADS = 256;

/** Takes records from a queue, hashes each to the one before, and brings them into the store, some at a time. */
export class ChainWriter {
  readonly #context: ChainWriterContext;
  readonly #queue: RecordQueue;
  readonly #batch: Batch;
  #started = false;
  /** How many have left the queue and are not in the batch yet. */
  #unlinked = 0;
  /** Whether the rows of the batch may be in the store already: then nothing joins them until that is known. */
  #unsure = false;
  /** Whether the store has refused a row of the batch: then nothing joins them until they are written. */
  #apart = false;
  /** Whether the one row of the batch stands for one that was refused. */
  #standIn = false;

  constructor(context: ChainWriterContext, queue: RecordQueue) {
    this.#context = context;
    this.#queue = queue;
    this.#batch = new Batch(context.chain);
  }

  /** How many records have left the queue and are not in the store yet; with the first of the chain, before it is made. */
  get underway(): number {
    return this.#unlinked + this.#batch.rows.length + (this.#started ? 0 : 1);
  }

  /** The number of the last record that is in the store. */
  get stored(): number {
    return this.#batch.storedSeq;
  }

  /**
   * Takes what waits, as much as goes into the store together, and writes it; says whether it is there now, or is to be
   * tried again in another form. Rejects where the store cannot be used: the same rows are then tried again.
   */
  async writeSome(last: boolean): Promise<boolean> {
    await this.#begin();
    if (!this.#unsure && !this.#apart) await this.#link(last);
    return this.#append();
  }

  /** Vouches for what is there; says whether that is news, and is to be written. */
  vouch(): boolean {
    const { keeper, clock, chain } = this.#context;
    const { seq, hash } = this.#batch.last;
    if (!keeper.hasNews(seq)) return false;
    const body = entryText(keeper.vouch({ chain, seq, hash, at: clock() }));
    this.#batch.push({ body, written: undefined, vouches: true });
    return true;
  }

  /** Nobody is to wait any more. */
  letGo(): void {
    this.#batch.letGo();
  }

  /** The first record of a chain names the heads of the others: whoever removes those later has to remake this one too. */
  async #begin(): Promise<void> {
    if (this.#started) return;
    const heads = await this.#context.audit.heads(HEADS);
    const others = heads.map(({ chain, seq, hash }) => [chain, seq, hash]);
    const body = this.#markText('start', { instance: this.#context.instance, others });
    this.#batch.push({ body, written: undefined });
    this.#started = true;
  }

  async #link(last: boolean): Promise<void> {
    const batch = this.#batch;
    const entries = this.#queue.take(batch.room);
    this.#unlinked = entries.length;
    const slice = Math.max(SLICE, Math.ceil(entries.length / SLICES));
    for (let done = 0; done < entries.length; done += slice) {
      if (done > 0) await new Promise((resolve) => setImmediate(resolve));
      for (const entry of entries.slice(done, done + slice)) batch.push(entry);
      this.#unlinked = Math.max(0, entries.length - done - slice);
    }
    if (this.#context.keeper.isDue(batch.last.seq) || (last && this.#queue.length === 0)) this.vouch();
  }

  async #append(): Promise<boolean> {
    const { rows } = this.#batch;
    if (rows.length > 0) this.#unsure = true;
    try {
      if (rows.length > 0) await this.#context.audit.append(rows);
    } catch (error) {
      if (error instanceof StoreError && error.code === 'refused') {
        this.#unsure = false;
        this.#setApart(error);
        return false;
      }
      await this.#unlessThere(rows, error);
    }
    this.#unsure = false;
    this.#apart = false;
    this.#standIn = false;
    this.#batch.stored();
    this.#context.keeper.written();
    return true;
  }

  /** Finds the row that the store will never take, half by half, and puts a word in its place: no other is to wait for it. */
  #setApart(error: StoreError): void {
    // Then it is not the row.
    if (this.#standIn) throw error;
    this.#context.keeper.withdraw();
    this.#apart = true;
    const left = this.#batch.halve();
    if (left.length > 0) {
      this.#queue.putBack(left);
      return;
    }
    this.#standIn = true;
    this.#context.log({ type: 'failed', error });
    this.#batch.replace(this.#markText('lost', { records: 1, why: 'the store would not take it' }));
  }

  /** A connection that broke off may have done its work: the row is there then, with that very hash. */
  async #unlessThere(rows: readonly AuditRow[], error: unknown): Promise<void> {
    const last = rows.at(-1);
    if (!(error instanceof StoreError) || error.code !== 'conflict' || last === undefined) throw error;
    const [there] = await this.#context.audit.read(last.chain, last.seq - 1, 1);
    if (there?.hash !== last.hash) throw error;
  }

  #markText(event: MarkEntry['event'], more: Record<string, unknown>): string {
    return entryText(markEntry(this.#context.clock(), event, more));
  }
}

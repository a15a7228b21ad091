import type { GatewayLogger } from '../events.ts';
import type { Resource } from '../resources.ts';
import { StoreError } from '../store/error.ts';
import type { AuditRow, AuditStore } from '../store/store.ts';
import { hashOf, NOTHING_BEFORE } from './chain.ts';
import type { AnchorKeeper } from './checkpoints.ts';
import { type AuditEntry, ENTRY_VERSION, entryText, type MarkEntry } from './entry.ts';

/** Something that becomes a record when its turn comes. */
export interface Recordable {
  encode(): string;
}

/** What writing needs from outside. */
export interface WriterContext {
  readonly audit: AuditStore;
  /** The name of the chain; never used before. */
  readonly chain: string;
  readonly instance: string;
  /** The most records held until they are written. */
  readonly queue: number;
  readonly keeper: AnchorKeeper;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly log: GatewayLogger;
  /** Lets go of the store, when all is written. */
  readonly release: () => Promise<void>;
}

/** How long records gather before they are written together. */
const GATHER_MS = 50;
/** How long those gather that somebody waits for. */
const GATHER_AWAITED_MS = 1;
/** How many are turned into text without a pause for other work. */
const SLICE = 64;
const MOST_TOGETHER = 512;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5000;
const CLOSE_MS = 2000;
/** How many chains the first record of a new one vouches for. */
const HEADS = 256;

interface Queued {
  readonly recordable: Recordable;
  readonly written: ((ok: boolean) => void) | undefined;
}

/**
 * Writes one chain. Records gather for a moment, are hashed one to the next, and go into the store in one transaction; a
 * failed one is tried again, in the same order and with the same hashes. Never waits for the store in the way of a request.
 */
export class AuditWriter implements Resource {
  readonly #context: WriterContext;
  #queue: Queued[] = [];
  #rows: AuditRow[] = [];
  #awaited: ((ok: boolean) => void)[] = [];
  /** Whether the rows may be in the store already: then nothing joins them until that is known. */
  #unsure = false;
  #seq = 0;
  #hash = NOTHING_BEFORE;
  #started = false;
  #failing = false;
  #lost = 0;
  #timer: NodeJS.Timeout | undefined;
  #gatherUntil = Number.POSITIVE_INFINITY;
  #running: Promise<void> | undefined;
  #closed: Promise<void> | undefined;
  #closing = false;
  #checkpoint: NodeJS.Timeout | undefined;

  constructor(context: WriterContext) {
    this.#context = context;
    this.#checkpoint = setInterval(() => this.#due(), context.keeper.intervalMs).unref();
    this.add(this.#mark('start', { instance: context.instance }));
  }

  get chain(): string {
    return this.#context.chain;
  }

  /** Whether writing fails at the moment. */
  get failing(): boolean {
    return this.#failing;
  }

  /** Records that wait to be written. */
  get waiting(): number {
    return this.#queue.length + this.#rows.length;
  }

  /** Whether so many more records can be held. */
  hasRoomFor(more: number): boolean {
    return this.waiting + more < this.#context.queue;
  }

  /** Puts an entry on record. */
  add(entry: AuditEntry): void {
    this.take({ encode: () => entryText(entry) });
  }

  /** Puts something on record; counts it as lost where there is no room. */
  take(recordable: Recordable): void {
    if (this.#enqueue({ recordable, written: undefined })) this.#wake(GATHER_MS);
  }

  /** Puts something on record and resolves with whether it is in the store; `false` where it is not there yet. */
  write(recordable: Recordable): Promise<boolean> {
    return new Promise((resolve) => {
      if (this.#enqueue({ recordable, written: resolve })) this.#wake(GATHER_AWAITED_MS);
      else resolve(false);
    });
  }

  /** Writes what is there, vouches for it, and lets go of the store. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#closing = true;
    clearInterval(this.#checkpoint);
    // Whatever the bound: there is always room for the last one.
    this.#queue.push({ recordable: { encode: () => entryText(this.#mark('stop', {})) }, written: undefined });
    let late: NodeJS.Timeout | undefined;
    const enough = new Promise<void>((resolve) => {
      late = setTimeout(resolve, CLOSE_MS);
    });
    await Promise.race([this.#finish(), enough]);
    clearTimeout(late);
    await this.#context.keeper.settled();
    if (this.waiting > 0)
      this.#context.log({
        type: 'audit-failing',
        why: `${this.waiting} records were not written when it closed`,
      });
    await this.#context.release();
  }

  async #finish(): Promise<void> {
    await this.#running;
    while (this.waiting > 0) {
      this.#wake(0);
      await this.#running;
    }
  }

  #enqueue(queued: Queued): boolean {
    if (this.waiting >= this.#context.queue) {
      this.#lost += 1;
      return false;
    }
    this.#queue.push(queued);
    return true;
  }

  #wake(ms: number): void {
    if (this.#running !== undefined) return;
    const full = this.#queue.length >= MOST_TOGETHER;
    const wait = full ? 0 : ms;
    if (wait >= this.#gatherUntil) return;
    clearTimeout(this.#timer);
    this.#gatherUntil = wait;
    const run = () => {
      this.#gatherUntil = Number.POSITIVE_INFINITY;
      this.#running = this.#run().finally(() => {
        this.#running = undefined;
        const awaited = this.#queue.some(({ written }) => written !== undefined);
        if (this.waiting > 0 && !this.#closing) this.#wake(awaited ? GATHER_AWAITED_MS : GATHER_MS);
      });
    };
    if (ms === 0) run();
    else this.#timer = setTimeout(run, wait);
  }

  /** Writes until nothing waits. */
  async #run(): Promise<void> {
    clearTimeout(this.#timer);
    for (let pause = FIRST_PAUSE_MS; this.waiting > 0; ) {
      try {
        await this.#begin();
        if (!this.#unsure) await this.#link();
        await this.#append();
        pause = FIRST_PAUSE_MS;
        if (this.#queue.length < SLICE && !this.#closing) return;
      } catch (error) {
        this.#fails(error);
        await new Promise((resolve) => setTimeout(resolve, pause));
        pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
      }
    }
  }

  /** The first record of a chain names the heads of the others: whoever removes those later has to remake this one too. */
  async #begin(): Promise<void> {
    if (this.#started) return;
    const heads = await this.#context.audit.heads(HEADS);
    const entry = this.#mark('start', {
      instance: this.#context.instance,
      others: heads.map(({ chain, seq, hash }) => [chain, seq, hash]),
    });
    this.#queue[0] = { recordable: { encode: () => entryText(entry) }, written: undefined };
    this.#started = true;
  }

  async #link(): Promise<void> {
    while (this.#queue.length > 0 && this.#rows.length < MOST_TOGETHER) {
      const slice = this.#queue.splice(0, SLICE);
      for (const { recordable, written } of slice) {
        this.#push(recordable.encode());
        if (written !== undefined) this.#awaited.push(written);
      }
      if (this.#queue.length > 0) await new Promise((resolve) => setImmediate(resolve));
    }
    const last = this.#closing && this.#queue.length === 0;
    if (this.#context.keeper.isDue(this.#seq) || last) this.#vouch();
  }

  #push(body: string): void {
    const { chain } = this.#context;
    this.#seq += 1;
    const linked = { chain, seq: this.#seq, prev: this.#hash, body };
    this.#hash = hashOf(linked);
    this.#rows.push({ ...linked, hash: this.#hash });
  }

  #vouch(): void {
    const { keeper, clock, chain } = this.#context;
    if (!keeper.hasNews(this.#seq)) return;
    const claim = { chain, seq: this.#seq, hash: this.#hash, at: clock() };
    this.#push(entryText(keeper.vouch(claim)));
  }

  async #append(): Promise<void> {
    const rows = this.#rows;
    this.#unsure = true;
    await this.#context.audit.append(rows).catch((error: unknown) => this.#unlessThere(rows, error));
    this.#rows = [];
    this.#unsure = false;
    this.#answer(true);
    this.#context.keeper.written();
    if (this.#failing || this.#lost > 0) this.#restored();
  }

  /** A connection that broke off may have done its work: the row is there then, with that very hash. */
  async #unlessThere(rows: readonly AuditRow[], error: unknown): Promise<void> {
    const last = rows.at(-1);
    if (!(error instanceof StoreError) || error.code !== 'conflict' || last === undefined) throw error;
    const [there] = await this.#context.audit.read(last.chain, last.seq - 1, 1);
    if (there?.hash !== last.hash) throw error;
  }

  #answer(ok: boolean): void {
    const awaited = this.#awaited;
    this.#awaited = [];
    for (const written of awaited) written(ok);
  }

  #fails(error: unknown): void {
    this.#answer(false);
    for (const { written } of this.#queue) written?.(false);
    if (this.#failing) return;
    this.#failing = true;
    this.#context.log({
      type: 'audit-failing',
      why: error instanceof StoreError ? error.message : String(error),
    });
  }

  #restored(): void {
    const lost = this.#lost;
    this.#lost = 0;
    if (this.#failing) this.#context.log({ type: 'audit-restored', lost });
    this.#failing = false;
    if (lost > 0) this.add(this.#mark('lost', { records: lost }));
  }

  #due(): void {
    if (this.#running !== undefined || !this.#context.keeper.hasNews(this.#seq)) return;
    this.#vouch();
    this.#wake(GATHER_AWAITED_MS);
  }

  #mark(event: MarkEntry['event'], more: Record<string, unknown>): MarkEntry {
    return { v: ENTRY_VERSION, at: this.#context.clock(), event, ...more };
  }
}

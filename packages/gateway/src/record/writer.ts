import type { GatewayLogger } from '../events.ts';
import type { Resource } from '../resources.ts';
import { StoreError } from '../store/error.ts';
import type { AuditRow, AuditStore } from '../store/store.ts';
import { Batch } from './batch.ts';
import type { AnchorKeeper } from './checkpoints.ts';
import { type AuditEntry, ENTRY_VERSION, entryText, type MarkEntry } from './entry.ts';
import { type Queued, type Recordable, RecordQueue } from './queue.ts';

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
/** So many do not gather any longer. */
const ENOUGH = 512;
/** So few are left to gather with others. */
const FEW = 64;
/**
 * How many are turned into text without a pause for other work: so few, or such a part of what waits, since pauses grow
 * with load, and what comes in the meantime must not outrun the writing.
 */
const SLICE = 16;
const SLICES = 8;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5000;
const CLOSE_MS = 2000;
/** How many chains the first record of a new one vouches for. */
const HEADS = 256;

/**
 * Writes one chain. Records gather for a moment, are hashed one to the next, and go into the store in one transaction; a
 * failed one is tried again, in the same order and with the same hashes. Never waits for the store in the way of a request.
 */
export class AuditWriter implements Resource {
  readonly #context: WriterContext;
  readonly #queue: RecordQueue;
  readonly #batch: Batch;
  /** Whether the rows of the batch may be in the store already: then nothing joins them until that is known. */
  #unsure = false;
  /** Whether the store has refused a row of the batch: then nothing joins them until they are written. */
  #apart = false;
  /** Whether the one row of the batch stands for one that was refused. */
  #standIn = false;
  #started = false;
  #failing = false;
  #timer: NodeJS.Timeout | undefined;
  #due = Number.POSITIVE_INFINITY;
  #running: Promise<void> | undefined;
  #closed: Promise<void> | undefined;
  #closing = false;
  /** Nothing is written any more. */
  #over = false;
  #goOn: (() => void) | undefined;
  readonly #checkpoint: NodeJS.Timeout;

  constructor(context: WriterContext) {
    this.#context = context;
    this.#queue = new RecordQueue(context.queue);
    this.#batch = new Batch(context.chain);
    this.#checkpoint = setInterval(() => this.#vouchInTime(), context.keeper.intervalMs).unref();
    this.#runIn(GATHER_MS);
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
    return this.#queue.length + this.#elsewhere;
  }

  /** Whether so many more records can be held. */
  hasRoomFor(more: number): boolean {
    return this.#queue.hasRoomFor(more, this.#elsewhere);
  }

  /** Puts an entry on record. */
  add(entry: AuditEntry): void {
    this.take({ encode: () => entryText(entry) });
  }

  /** Puts something on record; counts it as lost where there is no room. */
  take(recordable: Recordable): void {
    if (this.#enqueue({ recordable, written: undefined })) this.#runIn(GATHER_MS);
  }

  /** Puts something on record that has been promised a place: whatever the bounds are by now. */
  keep(recordable: Recordable): void {
    if (this.#over) return;
    this.#queue.push({ recordable, written: undefined });
    this.#runIn(GATHER_MS);
  }

  /**
   * Puts something on record and resolves with whether it is in the store; `false` where it is not there yet, at once
   * while writing fails.
   */
  write(recordable: Recordable): Promise<boolean> {
    return new Promise((resolve) => {
      const written = this.#failing ? undefined : resolve;
      const queued = this.#enqueue({ recordable, written });
      if (queued) this.#runIn(GATHER_AWAITED_MS);
      if (!queued || written === undefined) resolve(false);
    });
  }

  /** Writes what is there, vouches for it, and lets go of the store. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  get #elsewhere(): number {
    return this.#batch.rows.length + (this.#started ? 0 : 1);
  }

  async #close(): Promise<void> {
    this.#closing = true;
    clearInterval(this.#checkpoint);
    // Whatever the bound: there is always room for the last one.
    this.#queue.push({ recordable: { encode: () => this.#markText('stop', {}) }, written: undefined });
    let late: NodeJS.Timeout | undefined;
    const enough = new Promise<void>((resolve) => {
      late = setTimeout(resolve, CLOSE_MS);
    });
    await Promise.race([this.#finish(), enough]);
    clearTimeout(late);
    this.#over = true;
    this.#goOn?.();
    await this.#context.keeper.settled();
    if (this.waiting > 0) {
      const why = `${this.waiting} records were not written when it closed`;
      this.#context.log({ type: 'audit-failing', why });
      this.#letGo();
    }
    await this.#context.release();
  }

  async #finish(): Promise<void> {
    await this.#running;
    while (this.waiting > 0 && !this.#over) {
      this.#run();
      await this.#running;
    }
  }

  #enqueue(queued: Queued): boolean {
    return !this.#over && this.#queue.add(queued, this.#elsewhere);
  }

  #runIn(ms: number): void {
    if (this.#running !== undefined) return;
    const wait = this.#queue.length >= ENOUGH ? 0 : ms;
    if (wait >= this.#due) return;
    clearTimeout(this.#timer);
    this.#due = wait;
    this.#timer = setTimeout(() => this.#run(), wait);
  }

  #run(): void {
    clearTimeout(this.#timer);
    this.#due = Number.POSITIVE_INFINITY;
    if (this.#running !== undefined) return;
    this.#running = this.#writeAll().finally(() => {
      this.#running = undefined;
      if (this.waiting > 0 && !this.#closing)
        this.#runIn(this.#queue.awaited ? GATHER_AWAITED_MS : GATHER_MS);
    });
  }

  /** Writes until little is left. */
  async #writeAll(): Promise<void> {
    for (let pause = FIRST_PAUSE_MS; this.waiting > 0 && !this.#over; ) {
      try {
        await this.#begin();
        if (!this.#unsure && !this.#apart) await this.#link();
        const stored = await this.#append();
        pause = FIRST_PAUSE_MS;
        if (stored && this.#queue.length < FEW && !this.#closing) return;
      } catch (error) {
        this.#fails(error);
        await this.#pause(pause);
        pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
      }
    }
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

  async #link(): Promise<void> {
    const batch = this.#batch;
    // Not what comes meanwhile: a batch is not to wait for it.
    const waiting = this.#queue.length;
    const slice = Math.max(SLICE, Math.ceil(waiting / SLICES));
    for (let done = 1; done <= waiting && !batch.isFull; done++) {
      const queued = this.#queue.shift();
      if (queued === undefined) break;
      batch.push({ body: this.#textOf(queued.recordable), written: queued.written });
      if (done % slice === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    const last = this.#closing && this.#queue.length === 0;
    if (this.#context.keeper.isDue(batch.last.seq) || last) this.#vouch();
  }

  /** One that cannot be put into words takes no other with it. */
  #textOf(recordable: Recordable): string {
    try {
      return recordable.encode();
    } catch (error) {
      this.#context.log({ type: 'failed', error });
      return this.#markText('lost', { records: 1, why: 'it could not be put into words' });
    }
  }

  #vouch(): void {
    const { keeper, clock, chain } = this.#context;
    const { seq, hash } = this.#batch.last;
    if (!keeper.hasNews(seq)) return;
    const body = entryText(keeper.vouch({ chain, seq, hash, at: clock() }));
    this.#batch.push({ body, written: undefined, vouches: true });
  }

  /** Says whether the batch is in the store now; it is tried again otherwise, in another form. */
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
    this.#restored();
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
      this.#queue.unshift(left);
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

  #letGo(): void {
    this.#batch.letGo();
    this.#queue.letGo();
  }

  #fails(error: unknown): void {
    this.#letGo();
    if (this.#failing) return;
    this.#failing = true;
    const why = error instanceof StoreError ? error.message : String(error);
    this.#context.log({ type: 'audit-failing', why });
  }

  #pause(ms: number): Promise<void> {
    if (this.#over) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#goOn = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #restored(): void {
    const lost = this.#queue.takeLost();
    if (this.#failing) this.#context.log({ type: 'audit-restored', lost });
    this.#failing = false;
    if (lost > 0) this.add(this.#mark('lost', { records: lost }));
  }

  #vouchInTime(): void {
    if (this.#running !== undefined || !this.#context.keeper.hasNews(this.#batch.last.seq)) return;
    this.#vouch();
    this.#runIn(GATHER_AWAITED_MS);
  }

  #mark(event: MarkEntry['event'], more: Record<string, unknown>): MarkEntry {
    return { v: ENTRY_VERSION, at: this.#context.clock(), event, ...more };
  }

  #markText(event: MarkEntry['event'], more: Record<string, unknown>): string {
    return entryText(this.#mark(event, more));
  }
}

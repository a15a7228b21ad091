import type { Resource } from '../resources.ts';
import { StoreError } from '../store/error.ts';
import { ChainWriter, type ChainWriterContext } from './chain-writer.ts';
import { type AuditEntry, entryText, markEntry } from './entry.ts';
import { type Recordable, RecordQueue } from './queue.ts';

/** What writing needs from outside. */
export interface WriterContext extends ChainWriterContext {
  /** The most records held until they are written. */
  readonly queue: number;
  /** Lets go of the store, when all is written. */
  readonly release: () => Promise<void>;
}

/** How long a record waits to be put into words with others. */
const SPELL_MS = 5;
/** How long records gather before they are written together. */
const GATHER_MS = 50;
/** How long those gather that somebody waits for. */
const GATHER_AWAITED_MS = 1;
/** So many do not gather any longer. Fewer do, also under load: a transaction has its price, whatever is in it. */
const ENOUGH = 512;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5000;
/** When it closes: how long it waits for anything to get into the store, and at most while something does. */
const CLOSE_MS = 2000;
const CLOSE_MOST_MS = 10_000;

/**
 * Writes one chain. Records gather for a moment and go into the store in one transaction; a failed one is tried again, in
 * the same order and with the same hashes. Never waits for the store in the way of a request.
 */
export class AuditWriter implements Resource {
  readonly #context: WriterContext;
  readonly #queue: RecordQueue;
  readonly #chain: ChainWriter;
  #failing = false;
  #spelling: NodeJS.Timeout | undefined;
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
    this.#queue = new RecordQueue(context.queue, (recordable) => this.#textOf(recordable));
    this.#chain = new ChainWriter(context, this.#queue);
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
    return this.#queue.length + this.#chain.underway;
  }

  /** Whether so many more records can be held. */
  hasRoomFor(more: number): boolean {
    return this.#queue.hasRoomFor(more, this.#chain.underway);
  }

  /** Puts an entry on record. */
  add(entry: AuditEntry): void {
    this.take({ encode: () => entryText(entry) });
  }

  /** Puts something on record; counts it as lost where there is no room. */
  take(recordable: Recordable): void {
    if (this.#enqueue(recordable)) this.#runIn(GATHER_MS);
  }

  /** Puts something on record that has been promised a place: whatever the bounds are by now. */
  keep(recordable: Recordable): void {
    if (this.#over) return;
    this.#queue.push(recordable);
    this.#spellSoon();
    this.#runIn(GATHER_MS);
  }

  /**
   * Puts something on record and resolves with whether it is in the store; `false` where it is not there yet, at once
   * while writing fails.
   */
  write(recordable: Recordable): Promise<boolean> {
    return new Promise((resolve) => {
      const written = this.#failing ? undefined : resolve;
      const queued = this.#enqueue(recordable, written);
      if (queued) this.#runIn(GATHER_AWAITED_MS);
      if (!queued || written === undefined) resolve(false);
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
    const last = markEntry(this.#context.clock(), 'stop');
    this.#queue.push({ encode: () => entryText(last) });
    await this.#finishInTime();
    this.#over = true;
    clearTimeout(this.#spelling);
    this.#goOn?.();
    await this.#context.keeper.settled();
    if (this.waiting > 0) {
      const why = `${this.waiting} records were not written when it closed`;
      this.#context.log({ type: 'audit-failing', why });
      this.#letGo();
    }
    await this.#context.release();
  }

  async #finishInTime(): Promise<void> {
    const finished = this.#finish().then(() => 'finished');
    for (let ms = 0; ms < CLOSE_MOST_MS; ms += CLOSE_MS) {
      const before = this.#chain.stored;
      let late: NodeJS.Timeout | undefined;
      const enough = new Promise<string>((resolve) => {
        late = setTimeout(() => resolve('enough'), CLOSE_MS);
      });
      const first = await Promise.race([finished, enough]);
      clearTimeout(late);
      if (first === 'finished' || this.#chain.stored === before) return;
    }
  }

  async #finish(): Promise<void> {
    await this.#running;
    // What was under way may have taken the last record along without knowing that it is the last.
    while (!this.#over && (this.waiting > 0 || this.#chain.vouch())) {
      this.#run();
      await this.#running;
    }
  }

  #enqueue(recordable: Recordable, written?: (ok: boolean) => void): boolean {
    if (this.#over) return false;
    this.#spellSoon();
    return this.#queue.add(recordable, { written, elsewhere: this.#chain.underway });
  }

  #spellSoon(): void {
    this.#spelling ??= setTimeout(() => {
      this.#spelling = undefined;
      this.#queue.spell();
    }, SPELL_MS);
  }

  /** One that cannot be put into words takes no other with it. */
  #textOf(recordable: Recordable): string {
    try {
      return recordable.encode();
    } catch (error) {
      const { clock, log } = this.#context;
      log({ type: 'failed', error });
      return entryText(markEntry(clock(), 'lost', { records: 1, why: 'it could not be put into words' }));
    }
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
        const stored = await this.#chain.writeSome(this.#closing);
        pause = FIRST_PAUSE_MS;
        if (stored) this.#works();
        if (stored && this.#queue.length < ENOUGH && !this.#closing) return;
      } catch (error) {
        this.#fails(error);
        await this.#pause(pause);
        pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
      }
    }
  }

  #works(): void {
    const lost = this.#queue.takeLost();
    if (this.#failing) this.#context.log({ type: 'audit-restored', lost });
    this.#failing = false;
    if (lost === 0) return;
    const mark = markEntry(this.#context.clock(), 'lost', { records: lost });
    // There may be no room for it either.
    this.#queue.push({ encode: () => entryText(mark) });
  }

  #fails(error: unknown): void {
    this.#letGo();
    if (this.#failing) return;
    this.#failing = true;
    const why = error instanceof StoreError ? error.message : String(error);
    this.#context.log({ type: 'audit-failing', why });
  }

  #letGo(): void {
    this.#chain.letGo();
    this.#queue.letGo();
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

  #vouchInTime(): void {
    if (this.#running === undefined && this.#chain.vouch()) this.#runIn(GATHER_AWAITED_MS);
  }
}

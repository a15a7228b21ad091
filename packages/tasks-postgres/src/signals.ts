import type { Client } from 'pg';

/** How a channel is listened to. */
export interface SignalsOptions {
  /** Makes a connection of its own, not yet connected: listening occupies it. */
  readonly connect: () => Promise<Client>;
  /** A name that {@link quoteIdentifier} has made safe. */
  readonly channel: string;
  /** Told the text of each notification. */
  readonly onMessage: (payload: string) => void;
}

/**
 * Listens to one channel for as long as it is open. A connection that breaks is made anew, first after a tenth of a second,
 * then ever later up to five seconds. What was sent meanwhile is lost: whoever waits for something also looks from time to time.
 */
export class Signals {
  readonly #options: SignalsOptions;
  #client: Client | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #ping: ReturnType<typeof setInterval> | undefined;
  #failures = 0;
  #closed = false;

  constructor(options: SignalsOptions) {
    this.#options = options;
  }

  /** Begins to listen; resolves after the first attempt, whether it stands or not. */
  async open(): Promise<void> {
    await this.#attempt();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    clearInterval(this.#ping);
    const client = this.#client;
    this.#client = undefined;
    await client?.end().catch(() => undefined);
  }

  async #attempt(): Promise<void> {
    let client: Client | undefined;
    try {
      client = await this.#options.connect();
      const mine = client;
      mine.on('error', () => this.#lost(mine));
      mine.on('end', () => this.#lost(mine));
      mine.on('notification', ({ payload }) => this.#options.onMessage(payload ?? ''));
      await mine.query(`LISTEN ${this.#options.channel}`);
    } catch {
      client?.removeAllListeners('end');
      await client?.end().catch(() => undefined);
      this.#again();
      return;
    }
    if (this.#closed) return void (await client.end().catch(() => undefined));
    this.#client = client;
    this.#failures = 0;
    // A connection whose other end has vanished without a word is silent, and so is one on which nothing happens.
    this.#ping = setInterval(() => void client.query('SELECT 1').catch(() => this.#lost(client)), PING_MS);
    this.#ping.unref();
  }

  #lost(client: Client): void {
    if (this.#client !== client) return;
    this.#client = undefined;
    clearInterval(this.#ping);
    client.removeAllListeners('end');
    void client.end().catch(() => undefined);
    this.#again();
  }

  #again(): void {
    if (this.#closed) return;
    const delay = Math.min(FIRST_DELAY_MS * 2 ** this.#failures, LAST_DELAY_MS);
    this.#failures += 1;
    this.#timer = setTimeout(() => void this.#attempt(), delay);
    this.#timer.unref();
  }
}

// ---------------------------------------------------------------------------------------------------------------------

const FIRST_DELAY_MS = 100;
const LAST_DELAY_MS = 5000;
const PING_MS = 10_000;

import type { Exchange } from './exchange.ts';
import type { Resource } from './resources.ts';
import type { Roster } from './roster.ts';

/** How often is looked for them, in milliseconds. */
const LOOK_EVERY_MS = 1000;

/**
 * Ends what goes on for too long: streams whose callers' credentials do not count any more, and answers that are not read to
 * their end, so that nobody keeps a place, and what is written, for ever. Where an answer is still being made, whoever makes
 * it keeps the time. Costs requests nothing: it is looked now and then.
 */
export class Overdue implements Resource {
  readonly #exchanges: Roster<Exchange>;
  readonly #clock: () => number;
  readonly #timer: NodeJS.Timeout;

  /** `clock` gives milliseconds since the epoch. */
  constructor(exchanges: Roster<Exchange>, clock: () => number) {
    this.#exchanges = exchanges;
    this.#clock = clock;
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS).unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const now = this.#clock();
    for (const exchange of this.#exchanges.list()) {
      if (exchange.res.writableEnded) hurry(exchange);
      else if (exchange.validUntil <= now && exchange.request.method === 'subscriptions/listen')
        exchange.endStream();
    }
  }
}

// ---

/** Gives the caller a time to read what is left. */
function hurry({ res, live }: Exchange): void {
  // Node counts it as life where some of a large write has gone, and begins anew with the next request.
  if (!res.writableFinished && res.socket !== null && !res.socket.timeout)
    res.socket.setTimeout(live.plan.limits.requestTimeMs);
}

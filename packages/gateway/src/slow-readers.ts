import type { Exchange } from './exchange.ts';
import type { Resource } from './resources.ts';
import type { Roster } from './roster.ts';

/** How often is looked for them, in milliseconds. */
const LOOK_EVERY_MS = 1000;

/**
 * Cuts off callers that do not read the end of their answers, and so would keep their places, and what is written, for ever.
 * Where an answer is still being made, whoever makes it keeps the time. Costs requests nothing: it is looked now and then for
 * answers that are written and not out yet.
 */
export class SlowReaders implements Resource {
  readonly #exchanges: Roster<Exchange>;
  readonly #timer: NodeJS.Timeout;

  constructor(exchanges: Roster<Exchange>) {
    this.#exchanges = exchanges;
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS).unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    for (const { res, live } of this.#exchanges.list()) {
      const { socket } = res;
      // Node counts it as life where some of a large write has gone, and begins anew with the next request.
      if (res.writableEnded && !res.writableFinished && socket !== null && !socket.timeout)
        socket.setTimeout(live.plan.limits.requestTimeMs);
    }
  }
}

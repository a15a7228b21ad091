import type { IncomingMessage } from 'node:http';
import type { Refusal } from '../refusal.ts';
import { ENTRY_VERSION, entryText, type TurnedAwayEntry } from './entry.ts';
import type { AuditWriter } from './writer.ts';

/** What noting needs. */
export interface TurnedAwayOptions {
  readonly writer: AuditWriter;
  /** The most that are noted one by one in a second. */
  readonly perSecond: number;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

const LONGEST = 200;
const SECOND_MS = 1000;

/**
 * Puts requests on record that were not let in: anybody can send those, so no more than so many a second, and never the
 * last places of the queue; the others are counted.
 */
export class TurnedAway {
  readonly #options: TurnedAwayOptions;
  #second = 0;
  #noted = 0;
  #more = 0;

  constructor(options: TurnedAwayOptions) {
    this.#options = options;
  }

  note(req: IncomingMessage, refusal: Refusal): void {
    const { clock, perSecond, writer } = this.#options;
    const at = clock();
    const second = Math.floor(at / SECOND_MS);
    if (second !== this.#second) this.#turn(second);
    if (this.#noted >= perSecond || !writer.hasRoomFor(perSecond * 2)) {
      this.#more += 1;
      return;
    }
    this.#noted += 1;
    const entry = entryOf(req, refusal, at);
    writer.take({ encode: () => entryText(entry) });
  }

  /** Puts on record how many were only counted. */
  close(): void {
    this.#turn(0);
  }

  #turn(second: number): void {
    const { writer, clock } = this.#options;
    if (this.#more > 0)
      writer.add({ v: ENTRY_VERSION, at: clock(), event: 'turned-away-more', requests: this.#more });
    this.#second = second;
    this.#noted = 0;
    this.#more = 0;
  }
}

// ---

function entryOf(req: IncomingMessage, refusal: Refusal, at: number): TurnedAwayEntry {
  const { headers, socket } = req;
  const said = (value: string | string[] | undefined) =>
    value === undefined ? undefined : String(value).slice(0, LONGEST);
  const entry = {
    v: ENTRY_VERSION,
    at,
    event: 'turned-away',
    who: { by: 'nobody', address: socket.remoteAddress },
    what: {
      method: said(headers['mcp-method']),
      name: said(headers['mcp-name']),
      // Without the query: that is where keys end up.
      path: said(req.url?.split('?', 1)[0]),
      httpMethod: said(req.method),
      host: said(headers.host),
      origin: said(headers.origin),
    },
    outcome: { status: refusal.rejection.status, complete: true, refusedFor: refusal.reason },
  };
  return entry as TurnedAwayEntry; // undefined members are left out by JSON
}

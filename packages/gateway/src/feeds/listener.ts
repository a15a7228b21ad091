import type { ServerResponse } from 'node:http';
import { META, NOTIFICATIONS, type RequestId } from '@switchyard/wire';
import type { Exchange, Stoppable } from '../exchange.ts';
import { NO_SEAT, type Seated } from '../roster.ts';
import { LIST_KINDS } from './kinds.ts';

/** What a listener is made of. */
export interface ListenerParts {
  readonly exchange: Exchange;
  readonly id: RequestId;
  /** The kinds of lists that it wants to hear of. */
  readonly wants: number;
  /** Headers beside those of a stream, as a flat list. */
  readonly headers: readonly string[];
  /** Called once when it is over, whoever ended it. */
  readonly left: (listener: Listener) => void;
}

/** From so many unsent bytes on, a caller has stopped reading, and is cut off. */
const MOST_UNSENT_BYTES = 256 * 1024;

/** How many notifications wait for the acknowledgement at most; those beyond it are lost, so the stream is cut. */
const MOST_WAITING = 256;

/** A caller that listens to what others listen to too: one stream, whatever the number of servers. There may be thousands. */
export class Listener implements Seated, Stoppable {
  seat: number = NO_SEAT;
  readonly wants: number;
  readonly #exchange: Exchange;
  readonly #id: string;
  #headers: readonly string[];
  readonly #left: (listener: Listener) => void;
  /** What came before the acknowledgement went out. */
  #waiting: string[] | undefined = [];
  #over = false;

  constructor({ exchange, id, wants, headers, left }: ListenerParts) {
    this.wants = wants;
    this.#exchange = exchange;
    this.#id = JSON.stringify(id);
    this.#headers = headers;
    this.#left = left;
  }

  get #res(): ServerResponse {
    return this.#exchange.res;
  }

  /** The id of its request, as JSON: every message of the stream carries it. */
  get id(): string {
    return this.#id;
  }

  /** Begins the stream: what has been agreed across the servers, then whatever has come meanwhile. */
  acknowledge(filter: Readonly<Record<string, unknown>>): void {
    if (this.#over || this.#res.headersSent) return;
    this.#res.writeHead(200, [...STREAM_HEADERS, ...this.#headers]);
    this.#headers = [];
    // With a write of their own Node keeps them as the one text that went out, and not as all that it was put together from.
    this.#res.flushHeaders();
    const params = `"params":{"_meta":${this.#meta()},"notifications":${JSON.stringify(filter)}}`;
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    this.#write(eventOf(`{"jsonrpc":"2.0","method":"${NOTIFICATIONS.subscriptionsAcknowledged}",${params}}`));
    for (const json of waiting) this.send(json);
  }

  /** Says that lists of those kinds have changed, as far as it wants to hear of them. */
  changed(mask: number): void {
    for (const { bit, method } of LIST_KINDS)
      if ((mask & this.wants & bit) !== 0)
        this.send(`{"jsonrpc":"2.0","method":"${method}","params":{"_meta":${this.#meta()}}}`);
  }

  /** Says that a resource has changed, by the URI that the caller knows. */
  updated(uri: string): void {
    const params = `{"_meta":${this.#meta()},"uri":${JSON.stringify(uri)}}`;
    this.send(`{"jsonrpc":"2.0","method":"${NOTIFICATIONS.resourceUpdated}","params":${params}}`);
  }

  /** Sends one message, which must carry the id already. */
  send(json: string): void {
    if (this.#over) return;
    if (this.#waiting === undefined) this.#write(eventOf(json));
    else if (this.#waiting.length < MOST_WAITING) this.#waiting.push(json);
    else this.#res.destroy();
  }

  /** Keeps what is between here and the caller from taking the stream for dead. */
  keepAlive(): void {
    if (this.#waiting === undefined) this.#write(':\n\n');
  }

  /** Ends the stream in good order. Spec: basic/patterns/subscriptions#graceful-closure. */
  conclude(): void {
    if (this.#over) return;
    if (this.#waiting !== undefined) this.acknowledge({});
    const result = `{"resultType":"complete","_meta":${this.#meta()}}`;
    this.#write(eventOf(`{"jsonrpc":"2.0","id":${this.#id},"result":${result}}`));
    this.stop();
    this.#res.end();
  }

  /** The caller has left, or is to be left. */
  stop(): void {
    if (this.#over) return;
    this.#over = true;
    this.#left(this);
  }

  #write(text: string): void {
    if (this.#over) return;
    const { tap, observer } = this.#exchange;
    if (tap !== undefined || observer !== undefined) this.#exchange.passed(Buffer.from(text));
    this.#res.write(text);
    if (this.#res.writableLength > MOST_UNSENT_BYTES) this.#res.destroy();
  }

  #meta(): string {
    return `{"${META.subscriptionId}":${this.#id}}`;
  }
}

// ---

const STREAM_HEADERS = [
  ...['content-type', 'text/event-stream'],
  ...['cache-control', 'no-store'],
  ...['x-accel-buffering', 'no'],
];

/** JSON has no line ends of its own, and what servers sent has none left: they were the ends of `data` lines. */
function eventOf(json: string): string {
  return `data: ${json.replaceAll('\n', ' ')}\n\n`;
}

import type { JSONRPCNotification } from '@switchyard/wire';
import {
  encodeLine,
  LineDecoder,
  META,
  NOTIFICATIONS,
  notificationMessage,
  parseMessage,
} from '@switchyard/wire';
import { abortError, ClientError } from '../errors.ts';
import type { WireReply, WireRequest } from '../link.ts';
import { responseTo } from '../links/reply-reader.ts';

/** What a channel of lines is made of. */
export interface LineChannelOptions {
  /** Writes one line. */
  readonly write: (line: string) => void;
  /** The most bytes of one line that is received. */
  readonly maxBytes: number;
  readonly callers: Callers;
  /** Is told what was received and left aside. */
  readonly warn: (message: string) => void;
}

/** Whether all requests are of one caller, or of many who must not hear each other's log messages. */
export type Callers = 'one' | 'many';

interface Waiting {
  readonly request: WireRequest;
  readonly resolve: (reply: WireReply) => void;
  readonly reject: (error: unknown) => void;
  readonly aborted: () => void;
}

/** A longer reason is cut off. */
const MAX_REASON = 200;

/** Where more than this many cancelled requests may still be heard of, it is no longer told which. */
const MOST_LOOSE = 1000;

/** Carries requests over one shared channel, and finds out which request each line belongs to. Spec: basic/transports/stdio. */
export class LineChannel {
  readonly #options: LineChannelOptions;
  readonly #lines: LineDecoder;
  readonly #waiting = new Map<number, Waiting>();
  /** Those of them that want log messages. */
  readonly #logging = new Map<number, WireRequest>();
  /** Cancelled requests that wanted log messages: until they are answered the server may go on sending them. */
  readonly #loose = new Set<number>();
  #warned = false;

  constructor(options: LineChannelOptions) {
    this.#options = options;
    this.#lines = new LineDecoder({ maxLineBytes: options.maxBytes });
  }

  send(request: WireRequest): Promise<WireReply> {
    const { id, signal, body } = request;
    if (signal?.aborted === true) return Promise.reject(abortError(signal, false));
    return new Promise((resolve, reject) => {
      const aborted = (): void => this.#cancel(id);
      this.#waiting.set(id, { request, resolve, reject, aborted });
      if (wantsLogs(request)) this.#logging.set(id, request);
      signal?.addEventListener('abort', aborted, { once: true });
      this.#options.write(encodeLine(body));
    });
  }

  /** Reads what came in. Throws `ClientError` where a line is too long: what follows cannot be told apart. */
  receive(chunk: Uint8Array): void {
    let lines: Uint8Array[];
    try {
      lines = this.#lines.push(chunk);
    } catch {
      throw new ClientError(
        'invalid-response',
        `The server sent a line of more than ${this.#options.maxBytes} bytes.`,
        {
          mayHaveRun: true,
        },
      );
    }
    for (const line of lines) this.#line(line);
  }

  /** Fails everything that waits. */
  fail(error: ClientError): void {
    for (const id of [...this.#waiting.keys()]) this.#take(id)?.reject(error);
  }

  #line(line: Uint8Array): void {
    const outcome = parseMessage(line, { maxBytes: this.#options.maxBytes });
    if (outcome.kind === 'notification') this.#notification(outcome.message);
    else if (outcome.kind === 'response') {
      const { id } = outcome.message;
      const waiting = typeof id === 'number' ? this.#take(id) : undefined;
      if (typeof id === 'number' && this.#loose.size < MOST_LOOSE) this.#loose.delete(id);
      // What was cancelled may be answered yet; what nobody asked is nobody's.
      if (waiting !== undefined) waiting.resolve({ response: responseTo(waiting.request.id, outcome) });
      else if (id === undefined) this.#options.warn('The server could not read a message.');
    } else if (outcome.kind === 'request') {
      this.#options.warn(`The server sent the request ${outcome.message.method}, which servers must not.`);
    } else this.#options.warn(`The server wrote what is no message: ${outcome.rejection.message}.`);
  }

  #notification(notification: JSONRPCNotification): void {
    const { method, params = {} } = notification;
    if (method === NOTIFICATIONS.cancelled) {
      this.#ended(params['requestId'], params['reason']);
      return;
    }
    const meta = params['_meta'];
    const subscription: unknown =
      typeof meta === 'object' && meta !== null ? Reflect.get(meta, META.subscriptionId) : undefined;
    const id = subscription ?? (method === NOTIFICATIONS.progress ? params['progressToken'] : undefined);
    if (typeof id === 'number') {
      const { request } = this.#waiting.get(id) ?? {};
      request?.alive?.();
      request?.notify?.(notification);
      return;
    }
    this.#hearsLogs()?.notify?.(notification);
  }

  /** Who hears a log message, which carries no id. Of many callers one does only where it can be of no other's request. */
  #hearsLogs(): WireRequest | undefined {
    // To one caller all of them go anyway: the request that has run longest is as good a place as any.
    const [longest] = this.#logging.values();
    if (longest === undefined || this.#options.callers === 'one') return longest;
    if (this.#logging.size === 1 && this.#loose.size === 0) return longest;
    if (!this.#warned) this.#options.warn('Log messages that may be of several requests reach nobody.');
    this.#warned = true;
    return undefined;
  }

  /** The server tears down a subscription; for anything else it has no say. Spec: basic/patterns/cancellation. */
  #ended(id: unknown, reason: unknown): void {
    if (typeof id !== 'number' || this.#waiting.get(id)?.request.method !== 'subscriptions/listen') return;
    this.#take(id)?.reject(
      new ClientError('interrupted', 'The server ended the subscription.', {
        mayHaveRun: true,
        ...(typeof reason === 'string' ? { data: { reason: reason.slice(0, MAX_REASON) } } : {}),
      }),
    );
  }

  #cancel(id: number): void {
    if (this.#logging.has(id) && this.#loose.size < MOST_LOOSE) this.#loose.add(id);
    const waiting = this.#take(id);
    if (waiting?.request.signal === undefined) return;
    const error = abortError(waiting.request.signal, true);
    this.#options.write(
      encodeLine(notificationMessage(NOTIFICATIONS.cancelled, { requestId: id, reason: error.message })),
    );
    waiting.reject(error);
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    this.#logging.delete(id);
    waiting?.request.signal?.removeEventListener('abort', waiting.aborted);
    return waiting;
  }
}

function wantsLogs({ method, body }: WireRequest): boolean {
  return method !== 'subscriptions/listen' && body.includes(META.logLevel);
}

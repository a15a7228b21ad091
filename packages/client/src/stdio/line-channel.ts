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
  /** Is told what was received and left aside. */
  readonly warn: (message: string) => void;
}

interface Waiting {
  readonly request: WireRequest;
  readonly resolve: (reply: WireReply) => void;
  readonly reject: (error: unknown) => void;
  readonly aborted: () => void;
}

/** A longer reason is cut off. */
const MAX_REASON = 200;

/** Carries requests over one shared channel, and finds out which request each line belongs to. Spec: basic/transports/stdio. */
export class LineChannel {
  readonly #options: LineChannelOptions;
  readonly #lines: LineDecoder;
  readonly #waiting = new Map<number, Waiting>();

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
    // Log messages carry no id; the request that has run longest and wants them is as good a guess as any.
    for (const { request } of this.#waiting.values()) {
      if (request.method === 'subscriptions/listen' || !request.body.includes(META.logLevel)) continue;
      request.notify?.(notification);
      return;
    }
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
    waiting?.request.signal?.removeEventListener('abort', waiting.aborted);
    return waiting;
  }
}

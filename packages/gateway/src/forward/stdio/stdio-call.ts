import type { StdioProcess } from '@switchyard/client/stdio';
import {
  encodeEvent,
  httpStatusOf,
  isErrorResponse,
  type JSONRPCNotification,
  type JSONRPCRequest,
  META,
  NOTIFICATIONS,
  requestMessage,
} from '@switchyard/wire';
import type { Dispatcher } from 'undici';
import { channelError } from '../channel/channel.ts';

/** More than this waits for no caller. */
const MOST_HELD_BYTES = 16 * 1024 * 1024;

/** One request to a process, told to its handler as if it went over HTTP: JSON, or a stream where there is more than a response. */
export class StdioCall implements Dispatcher.DispatchController {
  readonly #handler: Dispatcher.DispatchHandler;
  readonly #request: JSONRPCRequest;
  readonly #abort = new AbortController();
  #reason: Error | null = null;
  #streams = false;
  #over = false;
  #paused = false;
  /** What came while the caller did not read. */
  #held: Buffer[] = [];
  #heldBytes = 0;
  #ended = false;

  constructor(request: JSONRPCRequest, handler: Dispatcher.DispatchHandler) {
    this.#request = request;
    this.#handler = handler;
  }

  get aborted(): boolean {
    return this.#reason !== null;
  }

  get paused(): boolean {
    return this.#paused;
  }

  get reason(): Error | null {
    return this.#reason;
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    while (!this.#paused) {
      const next = this.#held.shift();
      if (next === undefined) break;
      this.#heldBytes -= next.byteLength;
      this.#handler.onResponseData?.(this, next);
    }
    if (this.#ended && this.#held.length === 0) this.#finish();
  }

  abort(reason: Error): void {
    if (this.#reason !== null) return;
    this.#reason = reason;
    this.#over = true;
    this.#abort.abort(reason);
  }

  /** Sends it to a process under that id. */
  start(process: StdioProcess, id: number): void {
    this.#handler.onRequestStart?.(this, undefined);
    if (this.aborted) return;
    const { method } = this.#request;
    const body = requestMessage(id, method, this.#paramsWith(id));
    const notify = (notification: JSONRPCNotification) => this.#notified(notification);
    process
      .send({ id, method, body, headers: {}, signal: this.#abort.signal, notify })
      .then(({ response }) => {
        const restored = { ...response, id: this.#request.id };
        if (isErrorResponse(restored)) this.#respond(restored, httpStatusOf(restored.error.code));
        else this.#respond({ ...restored, result: this.#restore(restored.result) }, 200);
      })
      .catch((error: unknown) => this.fail(toChannelError(error)));
  }

  /** There is no response, or not all of it. */
  fail(error: Error): void {
    if (this.#over) return;
    this.#over = true;
    this.#handler.onResponseError?.(this, error);
  }

  #paramsWith(id: number): Readonly<Record<string, unknown>> {
    const params = this.#request.params ?? {};
    const meta = params['_meta'];
    if (typeof meta !== 'object' || meta === null || !(META.progressToken in meta)) return params;
    return { ...params, _meta: { ...meta, [META.progressToken]: id } };
  }

  #notified(notification: JSONRPCNotification): void {
    if (this.#over) return;
    const params = this.#restore(notification.params ?? {});
    const mine =
      notification.method === NOTIFICATIONS.progress
        ? { ...params, progressToken: this.#progressToken() }
        : params;
    this.#event({ ...notification, params: mine });
  }

  /** Puts the id that the caller knows where the process says the one that it was given. */
  #restore<Part extends object>(part: Part): Part {
    const meta: unknown = Reflect.get(part, '_meta');
    if (typeof meta !== 'object' || meta === null || !(META.subscriptionId in meta)) return part;
    return { ...part, _meta: { ...meta, [META.subscriptionId]: this.#request.id } };
  }

  #progressToken(): unknown {
    const meta: unknown = this.#request.params?.['_meta'];
    return typeof meta === 'object' && meta !== null ? Reflect.get(meta, META.progressToken) : undefined;
  }

  #event(message: object): void {
    if (!this.#streams) {
      this.#streams = true;
      this.#handler.onResponseStart?.(this, 200, { 'content-type': 'text/event-stream' });
    }
    this.#data(Buffer.from(encodeEvent({ data: JSON.stringify(message) })));
  }

  #respond(message: object, status: number): void {
    if (this.#over) return;
    if (this.#streams) this.#event(message);
    else {
      const body = Buffer.from(JSON.stringify(message));
      const headers = { 'content-type': 'application/json', 'content-length': String(body.byteLength) };
      this.#handler.onResponseStart?.(this, status, headers);
      this.#data(body);
    }
    this.#ended = true;
    if (this.#held.length === 0) this.#finish();
  }

  #data(bytes: Buffer): void {
    if (this.#over) return;
    if (!this.#paused && this.#held.length === 0) {
      this.#handler.onResponseData?.(this, bytes);
      return;
    }
    this.#heldBytes += bytes.byteLength;
    this.#held.push(bytes);
    if (this.#heldBytes <= MOST_HELD_BYTES) return;
    this.fail(channelError('STDIO_UNREAD', 'the caller does not read what the server says'));
    this.#abort.abort();
  }

  #finish(): void {
    if (this.#over) return;
    this.#over = true;
    this.#handler.onResponseEnd?.(this, {});
  }
}

// ---

function toChannelError(error: unknown): Error {
  const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined;
  if (code === 'network') return channelError('STDIO_NOT_STARTED', 'the server could not be started');
  return channelError('STDIO_LOST', 'the server ended before it answered');
}

import type { JSONRPCNotification, SubscriptionFilter } from '@switchyard/wire';
import { ERRORS, NOTIFICATIONS } from '@switchyard/wire';
import { jittered, sleep } from '../call/attempts.ts';
import type { Environment } from '../environment.ts';
import { ClientError, ProtocolError } from '../errors.ts';
import type { LinkRequest, Next } from '../link.ts';
import { EventQueue } from './event-queue.ts';
import type { SubscriptionEvent, SubscriptionStatus } from './events.ts';
import { toEvent } from './events.ts';

/** How one subscription is set up. */
export interface ListenOptions {
  /** Ends the subscription. */
  readonly signal?: AbortSignal;
  /** For how long the server may take to acknowledge, in milliseconds. @default 30000 */
  readonly acknowledgeMs?: number;
  /** After how long without a sign of life, keep-alives included, the stream is taken for lost, in milliseconds; 0 for never. @default 300000 */
  readonly silenceMs?: number;
}

/** A stream of changes that mends itself. Read it as an iterator, or listen to it; end it with `close`. */
export interface Subscription extends AsyncIterable<SubscriptionEvent>, AsyncDisposable {
  readonly status: SubscriptionStatus;
  /** What of the filter the server honours; undefined before it has said so. */
  readonly agreed: SubscriptionFilter | undefined;
  /** Resolves once the first stream is open, or it is clear that there will be none. Never rejects. */
  readonly ready: Promise<SubscriptionStatus>;
  /** Hears every event. Returns what ends the hearing. */
  on(what: 'event', listener: (event: SubscriptionEvent) => void): () => void;
  /** Hears every change of status, with the error that led to it. */
  on(what: 'status', listener: (status: SubscriptionStatus, error?: unknown) => void): () => void;
  /** Ends it: closes the stream over HTTP, sends `notifications/cancelled` over stdio. */
  close(): Promise<void>;
}

/** What a subscription needs of its client. */
export interface SubscriptionParts {
  readonly filter: SubscriptionFilter;
  readonly options: ListenOptions;
  readonly environment: Environment;
  /** Makes the request of a stream. */
  readonly request: (stream: Pick<LinkRequest, 'signal' | 'notify' | 'alive'>) => Promise<LinkRequest>;
  /** The way to the server: no repetition, no limit of time. */
  readonly next: Next;
  /** Whether a notification is one of an extension's. */
  readonly isKnown: (method: string) => boolean;
  /** Hears of every event before anyone else: the cache, and the extensions. */
  readonly changed: (event: SubscriptionEvent) => void;
  readonly warn: (message: string) => void;
}

const BACKOFF = { baseMs: 500, maxMs: 60_000 };
/** A stream that lived this long was sound: the next pause is short again. */
const SOUND_MS = 10_000;

/** Opens a subscription, and opens it again whenever it is lost. Spec: basic/patterns/subscriptions. */
export class Listener implements Subscription {
  readonly ready: Promise<SubscriptionStatus>;
  readonly #parts: SubscriptionParts;
  readonly #queue = new EventQueue();
  readonly #listeners = new Set<(event: SubscriptionEvent) => void>();
  readonly #watchers = new Set<(status: SubscriptionStatus, error?: unknown) => void>();
  readonly #controller = new AbortController();
  readonly #run: Promise<void>;
  #settleReady: (status: SubscriptionStatus) => void = () => undefined;
  #status: SubscriptionStatus = 'connecting';
  #agreed: SubscriptionFilter | undefined;
  #openedAt: number | undefined;
  #hadStream = false;

  constructor(parts: SubscriptionParts) {
    this.#parts = parts;
    this.ready = new Promise((resolve) => {
      this.#settleReady = resolve;
    });
    const { signal } = parts.options;
    const abort = (): void => this.#controller.abort();
    if (signal?.aborted === true) abort();
    signal?.addEventListener('abort', abort, { once: true });
    this.#run = this.#keepOpen().finally(() => signal?.removeEventListener('abort', abort));
  }

  get status(): SubscriptionStatus {
    return this.#status;
  }

  get agreed(): SubscriptionFilter | undefined {
    return this.#agreed;
  }

  on(
    what: 'event' | 'status',
    listener: ((event: SubscriptionEvent) => void) & ((status: SubscriptionStatus, error?: unknown) => void),
  ): () => void {
    const set: Set<unknown> = what === 'event' ? this.#listeners : this.#watchers;
    set.add(listener);
    return () => void set.delete(listener);
  }

  [Symbol.asyncIterator](): AsyncIterator<SubscriptionEvent> {
    return this.#queue.read();
  }

  async close(): Promise<void> {
    this.#controller.abort();
    await this.#run;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #keepOpen(): Promise<void> {
    const { environment } = this.#parts;
    const { signal } = this.#controller;
    for (let failures = 0; !signal.aborted; failures += 1) {
      const error = await this.#stream();
      if (signal.aborted) break;
      // Listening again would come to the same.
      if (error === undefined && isNothing(this.#agreed)) break;
      const final = finality(error);
      if (final !== undefined) return this.#end(final, error);
      if (this.#openedAt !== undefined && environment.now() - this.#openedAt >= SOUND_MS) failures = 0;
      this.#openedAt = undefined;
      this.#set('waiting', error);
      const wishMs =
        error instanceof ClientError || error instanceof ProtocolError ? (error.retryAfterMs ?? 0) : 0;
      const pauseMs = Math.max(Math.min(wishMs, BACKOFF.maxMs), jittered(failures, BACKOFF, environment));
      await sleep(pauseMs, environment, signal).catch(() => undefined);
    }
    this.#end('closed');
  }

  /** One stream, from its request to its end. Resolves with what ended it, or undefined for a graceful end. */
  async #stream(): Promise<unknown> {
    const { environment, options, next, request } = this.#parts;
    const own = new AbortController();
    const closed = (): void => own.abort();
    this.#controller.signal.addEventListener('abort', closed, { once: true });
    const limit = (ms: number, what: string): (() => void) =>
      ms === 0
        ? () => undefined
        : environment.after(ms, () => own.abort(new ClientError('timeout', `${what} within ${ms} ms.`)));
    let stop = limit(options.acknowledgeMs ?? 30_000, 'The server did not acknowledge the subscription');
    let acknowledged = false;
    const alive = (): void => {
      if (!acknowledged) return;
      stop();
      stop = limit(options.silenceMs ?? 300_000, 'The stream gave no sign of life');
    };
    const notify = (notification: JSONRPCNotification): void => {
      if (notification.method === NOTIFICATIONS.subscriptionsAcknowledged) {
        if (acknowledged) return;
        acknowledged = true;
        this.#opened(notification);
        alive();
      } else if (acknowledged) this.#hear(notification);
    };
    try {
      await next(await request({ signal: own.signal, notify, alive }));
      return undefined;
    } catch (error) {
      return error;
    } finally {
      stop();
      this.#controller.signal.removeEventListener('abort', closed);
    }
  }

  #opened({ params }: JSONRPCNotification): void {
    const agreed = params?.['notifications'];
    this.#agreed = typeof agreed === 'object' && agreed !== null ? agreed : {};
    this.#openedAt = this.#parts.environment.now();
    const isAgain = this.#hadStream;
    this.#hadStream = true;
    this.#set('open');
    if (isAgain) this.#tell({ type: 'missed' });
  }

  #hear(notification: JSONRPCNotification): void {
    const { filter, isKnown } = this.#parts;
    const event = toEvent(notification, filter, isKnown);
    if (event !== undefined) this.#tell(event);
  }

  #tell(event: SubscriptionEvent): void {
    this.#call(() => this.#parts.changed(event));
    this.#queue.push(event);
    for (const listener of this.#listeners) this.#call(() => listener(event));
  }

  #set(status: SubscriptionStatus, error?: unknown): void {
    this.#status = status;
    if (status !== 'connecting' && status !== 'waiting') this.#settleReady(status);
    for (const watcher of this.#watchers) this.#call(() => watcher(status, error));
  }

  #end(status: SubscriptionStatus, error?: unknown): void {
    this.#queue.end(status === 'failed' ? error : undefined);
    this.#set(status, error);
  }

  #call(listener: () => void): void {
    try {
      listener();
    } catch (error) {
      this.#parts.warn(`A listener of a subscription failed: ${String(error)}`);
    }
  }
}

/** Whether a server has said that it knows none of the things that a filter names; where it says nothing of them it may learn. */
function isNothing(agreed: SubscriptionFilter = {}): boolean {
  const honoured = Object.values(agreed);
  return honoured.length > 0 && honoured.every((one) => Array.isArray(one) && one.length === 0);
}

/** What status an error leads to for good; undefined where opening the stream again may help. */
function finality(error: unknown): SubscriptionStatus | undefined {
  if (error === undefined) return undefined;
  if (error instanceof ProtocolError) {
    if (error.code === ERRORS.MethodNotFound.code) return 'unsupported';
    const isPassing =
      error.code === ERRORS.InternalError.code || (error.status ?? 0) >= 500 || error.status === 429;
    return isPassing ? undefined : 'failed';
  }
  if (!(error instanceof ClientError)) return 'failed';
  if (error.code === 'http-status') {
    return (error.status ?? 0) >= 500 || error.status === 429 || error.status === 408 ? undefined : 'failed';
  }
  return error.code === 'network' || error.code === 'interrupted' || error.code === 'timeout'
    ? undefined
    : 'failed';
}

import { type JSONRPCNotification, NOTIFICATIONS } from '@switchyard/wire';
import type { ForwardContext } from '../forward/forwarding.ts';
import {
  type StreamEnd,
  type StreamFollower,
  type StreamRequest,
  UpstreamStream,
} from '../upstream/stream.ts';

/** What a server has agreed to; `undefined` where it has not been reached yet. */
export type Agreed = Readonly<Record<string, unknown>> | undefined;

/** Who is told what a server has to say. */
export interface Subscriber {
  /** The server has acknowledged; `again` after a gap, in which notifications may have been missed. */
  acknowledged(filter: Readonly<Record<string, unknown>>, again: boolean): void;
  notified(notification: JSONRPCNotification, text: string): void;
  /** The server will not have it, or no longer. */
  declined?(): void;
}

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 30_000;
/** A server that will not have it may have been replaced by one that will. */
const DECLINED_PAUSE_MS = 60_000;

/** Follows what a server announces for as long as it is wanted: listens again, ever less often, when a stream is over. */
export class Following implements StreamFollower {
  /** Settles once the server has agreed, has declined, or could not be reached at the first try. */
  readonly settled: Promise<void>;
  readonly #request: StreamRequest;
  readonly #subscriber: Subscriber;
  readonly #context: ForwardContext;
  #settle: () => void = () => {};
  #agreed: Agreed;
  #stream: UpstreamStream | undefined;
  #timer: NodeJS.Timeout | undefined;
  #acknowledged = false;
  #everAcknowledged = false;
  #failures = 0;
  #stopped = false;

  constructor(request: StreamRequest, subscriber: Subscriber, context: ForwardContext) {
    this.#request = request;
    this.#subscriber = subscriber;
    this.#context = context;
    this.settled = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  /** What the server has agreed to, last heard of. */
  get agreed(): Agreed {
    return this.#agreed;
  }

  /** Whether the server has agreed and its stream is open. */
  get live(): boolean {
    return this.#acknowledged;
  }

  start(): void {
    this.#acknowledged = false;
    this.#stream = new UpstreamStream(this.#request, this);
    this.#stream.open(this.#context);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#stream?.stop();
    this.#settle();
  }

  notified(notification: JSONRPCNotification, text: string): void {
    if (notification.method !== NOTIFICATIONS.subscriptionsAcknowledged) {
      // Nothing may come before the acknowledgement.
      if (this.#acknowledged) this.#subscriber.notified(notification, text);
      return;
    }
    if (this.#acknowledged) return;
    const again = this.#everAcknowledged;
    this.#acknowledged = true;
    this.#everAcknowledged = true;
    this.#failures = 0;
    const filter = notification.params?.['notifications'];
    this.#agreed = typeof filter === 'object' && filter !== null ? { ...filter } : {};
    this.#subscriber.acknowledged(this.#agreed, again);
    this.#settle();
  }

  over(how: StreamEnd): void {
    if (this.#stopped) return;
    // A server that knows none of the things, and ends the stream over that, will not know them soon.
    const end = how === 'ended' && this.#acknowledged && isNothing(this.#agreed) ? 'declined' : how;
    this.#acknowledged = false;
    if (end === 'declined') this.#agreed = {};
    this.#settle();
    if (end === 'declined') this.#subscriber.declined?.();
    // Those who are told may be the last who wanted it.
    if (this.#stopped) return;
    this.#timer = setTimeout(() => this.start(), this.#pauseMs(end));
  }

  #pauseMs(end: StreamEnd): number {
    const full =
      end === 'declined'
        ? DECLINED_PAUSE_MS
        : Math.min(FIRST_PAUSE_MS * 2 ** this.#failures, LONGEST_PAUSE_MS);
    this.#failures = Math.min(this.#failures + 1, 16);
    // Many that lost the same server should not come back at once.
    return full * (0.5 + this.#context.random() / 2);
  }
}

/** Whether a filter says that none of the things that were named is followed; one that says nothing may come to more later. */
export function isNothing(filter: Agreed): boolean {
  const honoured = Object.values(filter ?? {});
  return honoured.length > 0 && honoured.every((one) => Array.isArray(one) && one.length === 0);
}

/** Resolves when all have settled, or the time is up. */
export async function settled(followings: readonly Following[], timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeoutMs);
  });
  await Promise.race([Promise.all(followings.map((one) => one.settled)), passed]);
  clearTimeout(timer);
}

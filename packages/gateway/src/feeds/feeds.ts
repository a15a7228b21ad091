import { HEADER, META, PROTOCOL_VERSION, requestMessage } from '@switchyard/wire';
import type { ForwardContext } from '../forward/forwarding.ts';
import type { LiveServer } from '../plan/live.ts';
import { Roster } from '../roster.ts';
import { Following, type Subscriber } from './following.ts';
import { ALL_KINDS, filterOf, LIST_KINDS, maskOf } from './kinds.ts';
import type { Listener } from './listener.ts';

/** How often streams are kept alive, in milliseconds. */
export const KEEP_ALIVE_MS = 25_000;

/** How many streams are ended at once when a plan has been replaced: their callers come back at once. */
const CONCLUDED_AT_ONCE = 200;
const CONCLUDE_PAUSE_MS = 50;

/** What a server says of the same list within this time of the first, in milliseconds, is told once, at its end. */
const GATHER_MS = 100;

/** How feeds treat those who listen. */
export interface FeedsOptions {
  /**
   * Whether listeners are told to come again once the server no longer agrees to all that it had agreed to: where there is
   * one server, its word to them is to hold.
   * @default false
   */
  readonly exact?: boolean;
}

/**
 * The listeners of one path, and one stream at each server that all of them share: what it says is that a list has
 * changed, which is the same for everybody, and the gateway asks for it in its own name. Runs while anybody listens.
 */
export class Feeds {
  readonly #context: ForwardContext;
  readonly #pseudonym: string;
  readonly #exact: boolean;
  readonly #listeners = new Roster<Listener>();
  #followings: Following[] = [];
  /** How many want to hear of lists. */
  #wanting = 0;
  #timer: NodeJS.Timeout | undefined;
  /** The kinds of which has been told a moment ago, and those of them that have changed again. */
  #told = 0;
  #again = 0;
  #gather: NodeJS.Timeout | undefined;
  #retired = false;

  constructor(context: ForwardContext, pseudonym: string, { exact = false }: FeedsOptions = {}) {
    this.#context = context;
    this.#pseudonym = pseudonym;
    this.#exact = exact;
  }

  /** Listeners at the moment. */
  get size(): number {
    return this.#listeners.size;
  }

  /**
   * Adds a listener; `servers` is asked where none is followed yet. What the shared streams have agreed to is settled when
   * `settled` is.
   */
  add(listener: Listener, servers: () => readonly LiveServer[]): readonly Following[] {
    this.#listeners.add(listener);
    if (this.#retired) setImmediate(() => listener.conclude());
    this.#timer ??= setInterval(() => this.#keepAlive(), KEEP_ALIVE_MS);
    if (listener.wants === 0) return [];
    this.#wanting += 1;
    if (this.#followings.length === 0) this.#start(servers());
    return this.#followings;
  }

  delete(listener: Listener): void {
    if (listener.seat < 0) return;
    this.#listeners.delete(listener);
    if (listener.wants !== 0) this.#wanting -= 1;
    if (this.#wanting === 0) this.#stop();
    if (this.#listeners.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** The plan has been replaced: ends all streams in good order, some at a time, for their callers to come to the new one. */
  retire(): void {
    this.#retired = true;
    this.#concludeAll();
  }

  #concludeAll(): void {
    const all = [...this.#listeners.list()];
    const batch = (from: number) => {
      const next = from + CONCLUDED_AT_ONCE;
      for (const listener of all.slice(from, next)) listener.conclude();
      if (next < all.length) setTimeout(() => batch(next), CONCLUDE_PAUSE_MS);
    };
    batch(0);
  }

  #start(servers: readonly LiveServer[]): void {
    for (const server of servers) {
      const request = { server, ...sharedRequest(this.#pseudonym) };
      const following = new Following(request, this.#subscriber(), this.#context);
      this.#followings.push(following);
      following.start();
    }
  }

  #stop(): void {
    for (const following of this.#followings) following.stop();
    this.#followings = [];
    clearTimeout(this.#gather);
    this.#gather = undefined;
    this.#told = 0;
    this.#again = 0;
  }

  #subscriber(): Subscriber {
    let granted = 0;
    return {
      acknowledged: (filter, again) => {
        const before = granted;
        granted = maskOf(filter);
        if (this.#exact && (before & ~granted) !== 0) this.#concludeAll();
        else if (again) this.#changed(granted);
      },
      notified: ({ method }) => {
        const kind = LIST_KINDS.find((one) => one.method === method);
        if (kind !== undefined) this.#changed(kind.bit);
      },
      declined: () => {
        if (this.#exact && granted !== 0) this.#concludeAll();
      },
    };
  }

  /** Tells at once what is news, and later what is the same again: what one server repeats without end costs nobody his stream. */
  #changed(mask: number): void {
    this.#again |= mask & this.#told;
    const news = mask & ~this.#told;
    this.#told |= mask;
    this.#gather ??= setTimeout(() => this.#gathered(), GATHER_MS);
    if (news !== 0) for (const listener of this.#listeners.list()) listener.changed(news);
  }

  #gathered(): void {
    const again = this.#again;
    this.#gather = undefined;
    this.#told = 0;
    this.#again = 0;
    if (again !== 0) this.#changed(again);
  }

  #keepAlive(): void {
    for (const listener of this.#listeners.list()) listener.keepAlive();
  }
}

/** Whether a server sees no caller in what the gateway asks of it, so that one stream can serve all. */
export function isShared({ plan }: LiveServer): boolean {
  return plan.credentials?.kind !== 'token-exchange';
}

// ---

function sharedRequest(pseudonym: string): { readonly headers: readonly string[]; readonly body: Buffer } {
  const params = {
    _meta: { [META.protocolVersion]: PROTOCOL_VERSION, [META.clientCapabilities]: {} },
    notifications: filterOf(ALL_KINDS),
  };
  const body = Buffer.from(requestMessage(1, 'subscriptions/listen', params));
  const headers = [
    ...['content-type', 'application/json', 'content-length', String(body.byteLength)],
    ...['accept', 'application/json, text/event-stream'],
    ...[HEADER.protocolVersion, PROTOCOL_VERSION, HEADER.method, 'subscriptions/listen'],
    ...['via', `1.1 ${pseudonym}`],
  ];
  return { headers, body };
}

import type { RequestId } from '@switchyard/wire';
import type { Exchange } from '../exchange.ts';
import { type CallerContext, forward } from '../forward/forward.ts';
import type { ForwardContext } from '../forward/forwarding.ts';
import { messageOf } from '../message/read-body.ts';
import type { LiveServer } from '../plan/live.ts';
import { isRefusal } from '../refusal.ts';
import { isLikeOthers, listsAlone } from './callers.ts';
import { Feeds } from './feeds.ts';
import { settled } from './following.ts';
import { filterOf, maskOf } from './kinds.ts';
import { Listener } from './listener.ts';

/** How long a caller waits for the server to agree to the shared stream, in milliseconds, before it gets one of its own. */
const AGREE_MS = 1000;

/** How long after a server has not agreed nobody tries again, in milliseconds. */
const BARRED_MS = 10_000;

/** What sharing needs beside what forwarding does. */
export interface SharingContext extends CallerContext {
  readonly shared: SharedListens;
}

/**
 * The listeners at the paths of single servers that can share a stream at the server: those that it could not tell apart,
 * and that want to hear of lists alone. Whoever else listens has a stream of its own, passed on unread, and so has everybody
 * while a server does not agree to the shared one: the caller then gets the server's own answer.
 */
export class SharedListens {
  readonly #context: ForwardContext;
  readonly #pseudonym: string;
  readonly #byServer = new Map<LiveServer, ServerFeed>();
  #retired = false;

  constructor(context: ForwardContext, pseudonym: string) {
    this.#context = context;
    this.#pseudonym = pseudonym;
  }

  /** Whether the caller may turn out to be one that can share; only the body tells the rest. */
  concerns(exchange: Exchange, server: LiveServer): boolean {
    if (this.#retired || !isLikeOthers(exchange, server)) return false;
    return (this.#byServer.get(server)?.barredUntil ?? 0) <= this.#context.now();
  }

  /** Answers out of the shared stream; `false`, and nothing has been sent, where the server does not agree to it. */
  async join(exchange: Exchange, server: LiveServer, { id, wants, headers }: Wish): Promise<boolean> {
    const feed = this.#feedOf(server);
    const listener = new Listener({ exchange, id, wants, headers, left: feed.left });
    exchange.worker = listener;
    const [following] = feed.feeds.add(listener, () => [server]);
    if (following?.live === false) await settled([following], AGREE_MS);
    if (exchange.ended || exchange.res.headersSent) return true;
    if (following?.live === true) {
      // Whichever replica has the shared stream, it need not be the one chosen for this caller.
      exchange.replica = undefined;
      listener.acknowledge(filterOf(maskOf(following.agreed ?? {}) & wants));
      exchange.forgetRequest();
      return true;
    }
    feed.barredUntil = this.#context.now() + BARRED_MS;
    listener.stop();
    exchange.worker = undefined;
    return false;
  }

  /** The plan has been replaced; see `Feeds.retire`. */
  retire(): void {
    this.#retired = true;
    for (const { feeds } of this.#byServer.values()) feeds.retire();
  }

  #feedOf(server: LiveServer): ServerFeed {
    let feed = this.#byServer.get(server);
    if (feed === undefined) {
      const feeds = new Feeds(this.#context, this.#pseudonym, { exact: true });
      feed = { feeds, left: (listener) => feeds.delete(listener), barredUntil: 0 };
      this.#byServer.set(server, feed);
      // A caller may have begun to ask before the plan was replaced.
      if (this.#retired) feeds.retire();
    }
    return feed;
  }
}

/** Answers a `subscriptions/listen` out of the shared stream of its server, or passes it on where that cannot be. */
export function listenShared(exchange: Exchange, server: LiveServer, context: SharingContext): void {
  share(exchange, server, context).catch((error: unknown) => context.failed(exchange, error));
}

// ---

interface ServerFeed {
  readonly feeds: Feeds;
  readonly left: (listener: Listener) => void;
  /** On the gateway's clock. */
  barredUntil: number;
}

interface Wish {
  readonly id: RequestId;
  /** The kinds of lists. */
  readonly wants: number;
  /** Headers beside those of a stream, as a flat list. */
  readonly headers: readonly string[];
}

async function share(exchange: Exchange, server: LiveServer, context: SharingContext): Promise<void> {
  const message = await messageOf(exchange);
  if (exchange.ended) return;
  if (isRefusal(message) && exchange.bytes === undefined) {
    context.answer(exchange, message, undefined);
    return;
  }
  // What cannot be understood here is for the server to judge, as everything on its path is.
  const wants = isRefusal(message) ? undefined : listsAlone(message);
  if (!isRefusal(message) && wants !== undefined) {
    const wish = { id: message.request.id, wants, headers: context.extraHeaders(exchange) };
    if (await context.shared.join(exchange, server, wish)) return;
  }
  if (!exchange.ended) forward(exchange, server, context);
}

import {
  HEADER,
  type JSONRPCNotification,
  META,
  NOTIFICATIONS,
  PROTOCOL_VERSION,
  requestMessage,
} from '@switchyard/wire';
import type { ForwardContext } from '../forward/forwarding.ts';
import type { LiveServer } from '../plan/live.ts';
import { type StreamEnd, type StreamFollower, UpstreamStream } from '../upstream/stream.ts';
import { type Entry, resourceOf, topicOfResource } from './entry.ts';

/** What a watch needs from outside. */
export interface WatchContext {
  readonly forwarding: ForwardContext;
  /** What is kept of a topic of the server, or of all, is out of date. */
  readonly drop: (topic?: string) => void;
}

const MOST_RESOURCES = 500;
/** New resources that are read within this time are asked for together. */
const GATHER_MS = 1000;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;
const DECLINED_PAUSE_MS = 600_000;

/**
 * Listens to one server while something of it is kept, and drops what its news concern. Where the stream breaks everything
 * is dropped: what happened in between nobody tells. A server that offers no news is left to its times to live.
 * Spec: basic/patterns/subscriptions.
 */
export class Watch {
  readonly #server: LiveServer;
  readonly #context: WatchContext;
  readonly #resources = new Set<string>();
  #stream: UpstreamStream | undefined;
  /** What is asked for beside a stream that does not have it yet. */
  #next: UpstreamStream | undefined;
  #fresh = new Set<string>();
  /** Whether a stream has been acknowledged: from then on what is kept is relied on to be news-free. */
  #hears = false;
  #quietUntil = Number.NEGATIVE_INFINITY;
  #failures = 0;
  #until = 0;
  #gather: NodeJS.Timeout | undefined;
  #expiry: NodeJS.Timeout | undefined;

  constructor(server: LiveServer, context: WatchContext) {
    this.#server = server;
    this.#context = context;
  }

  /** Something is kept. */
  kept({ topic, keepMs }: Entry): void {
    const now = this.#context.forwarding.now();
    this.#until = Math.max(this.#until, now + keepMs);
    this.#expiry ??= later(() => this.#expire(), keepMs);
    const uri = resourceOf(topic);
    if (uri !== undefined && !this.#resources.has(uri) && this.#resources.size < MOST_RESOURCES) {
      this.#resources.add(uri);
      this.#fresh.add(uri);
    }
    if (this.#stream === undefined) {
      if (now >= this.#quietUntil) this.#open();
    } else if (this.#fresh.size > 0) this.#gather ??= later(() => this.#extend(), GATHER_MS);
  }

  /** Listens no more. What was kept while it did is dropped: no news of it would be heard. */
  close(): void {
    clearTimeout(this.#gather);
    clearTimeout(this.#expiry);
    this.#expiry = undefined;
    this.#gather = undefined;
    const heard = this.#hears;
    this.#hears = false;
    this.#stream?.stop();
    this.#next?.stop();
    this.#stream = undefined;
    this.#next = undefined;
    this.#resources.clear();
    this.#fresh.clear();
    if (heard) this.#context.drop();
  }

  /** Nothing is kept any more, unless something was put there since. */
  #expire(): void {
    this.#expiry = undefined;
    const left = this.#until - this.#context.forwarding.now();
    if (left > 0) this.#expiry = later(() => this.#expire(), left);
    else this.close();
  }

  #open(): void {
    this.#fresh.clear();
    const stream = this.#listen(
      () => this.#stream === stream,
      () => this.#context.drop(),
    );
    this.#stream = stream;
    stream.open(this.#context.forwarding);
  }

  /** Listens to more resources than before: the new stream takes over once it is acknowledged. */
  #extend(): void {
    this.#gather = undefined;
    if (this.#stream === undefined || this.#next !== undefined) return;
    const added = this.#fresh;
    this.#fresh = new Set();
    const stream = this.#listen(
      () => this.#stream === stream || this.#next === stream,
      () => {
        for (const uri of added) this.#context.drop(topicOfResource(uri));
        this.#stream?.stop();
        this.#stream = stream;
        this.#next = undefined;
      },
    );
    this.#next = stream;
    stream.open(this.#context.forwarding);
  }

  /** A stream that is asked for; `acknowledged` is called when news begin to be heard on it. */
  #listen(inUse: () => boolean, acknowledged: () => void): UpstreamStream {
    const follower: StreamFollower = {
      notified: (notification) => {
        if (notification.method !== NOTIFICATIONS.subscriptionsAcknowledged) this.#news(notification);
        else if (inUse()) {
          this.#failures = 0;
          this.#hears = true;
          acknowledged();
        }
      },
      over: (end) => this.#over(stream, end),
    };
    const request = listenRequest(this.#server, [...this.#resources]);
    const stream = new UpstreamStream(request, follower);
    return stream;
  }

  #over(stream: UpstreamStream, end: StreamEnd): void {
    if (this.#next === stream) this.#next = undefined;
    if (this.#stream !== stream) return;
    this.close();
    const pause = Math.min(FIRST_PAUSE_MS * 2 ** this.#failures, LONGEST_PAUSE_MS);
    const { now, random } = this.#context.forwarding;
    this.#failures += 1;
    this.#quietUntil = now() + (end === 'declined' ? DECLINED_PAUSE_MS : pause * (0.5 + random() / 2));
  }

  #news({ method, params }: JSONRPCNotification): void {
    const topic = LISTS.get(method);
    if (topic !== undefined) this.#context.drop(topic);
    const uri = params?.['uri'];
    if (method !== NOTIFICATIONS.resourceUpdated || typeof uri !== 'string') return;
    // The server may speak of a part of what it was asked for; what it was not asked for it may be inventing.
    for (const whole of this.#resources)
      if (uri.startsWith(whole)) this.#context.drop(topicOfResource(whole));
  }
}

// ---

const LISTS: ReadonlyMap<string, string> = new Map([
  [NOTIFICATIONS.toolListChanged, 'tools'],
  [NOTIFICATIONS.promptListChanged, 'prompts'],
  [NOTIFICATIONS.resourceListChanged, 'resources'],
]);

function listenRequest(server: LiveServer, resourceSubscriptions: readonly string[]) {
  const method = 'subscriptions/listen';
  const lists = { toolsListChanged: true, promptsListChanged: true, resourcesListChanged: true };
  const notifications = resourceSubscriptions.length === 0 ? lists : { ...lists, resourceSubscriptions };
  const _meta = { [META.protocolVersion]: PROTOCOL_VERSION, [META.clientCapabilities]: {} };
  const body = Buffer.from(requestMessage(1, method, { notifications, _meta }));
  const headers = [
    ...['content-type', 'application/json', 'content-length', String(body.byteLength)],
    ...['accept', 'application/json, text/event-stream'],
    ...[HEADER.protocolVersion, PROTOCOL_VERSION, HEADER.method, method],
  ];
  return { server, headers, body };
}

const LONGEST_MS = 2 ** 31 - 1;

function later(work: () => void, ms: number): NodeJS.Timeout {
  return setTimeout(work, Math.min(ms, LONGEST_MS)).unref();
}

import type { JSONObject, RequestId } from '@switchyard/wire';
import { META, notificationMessage, resultMessage } from '@switchyard/wire';
import type { MessageStream, Transport } from '../exchange.ts';
import type { BusEvent, Topic } from './bus.ts';
import type { Hub, Tended } from './hub.ts';

/** What a stream was opened for. */
export interface SubscriptionRequest {
  readonly id: RequestId;
  readonly topics: readonly Topic[];
  readonly tenant: string | undefined;
  /** The filter that the server agreed to, for the acknowledgement. */
  readonly agreed: JSONObject;
  /** Notifications that follow the acknowledgement at once. */
  readonly initial: readonly Notification[];
  /** Further sources of notifications. */
  readonly sources: readonly ((send: (method: string, params: JSONObject) => void) => () => void)[];
  readonly transport: Transport;
}

interface Notification {
  readonly method: string;
  readonly params?: JSONObject;
}

/**
 * One open listen stream.
 * See https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/subscriptions.
 */
export class Subscription implements Tended {
  readonly #id: RequestId;
  readonly #transport: Transport;
  readonly #stream: MessageStream;
  readonly #endOfLife: number;
  #leave: readonly (() => void)[] = [];
  #open = true;

  constructor(hub: Hub, stream: MessageStream, request: SubscriptionRequest) {
    this.#id = request.id;
    this.#transport = request.transport;
    this.#stream = stream;
    this.#endOfLife = hub.endOfLife();
    this.#send('notifications/subscriptions/acknowledged', { notifications: request.agreed });
    for (const { method, params } of request.initial) this.#send(method, params ?? {});
    if (!this.#open) return;
    // The acknowledgement is out: nothing that happens from here on can come before it.
    const { topics, tenant } = request;
    const listener = (event: BusEvent): void => this.#send(event.method, event.params ?? {});
    this.#leave = [hub.bus.subscribe({ topics, tenant, listener }), hub.add(this)];
    const send = (method: string, params: JSONObject): void => this.#tell(method, params);
    for (const follow of request.sources) this.#leave = [...this.#leave, follow(send)];
    // A bus may deliver while it is being subscribed to, and a caller may be lost over that.
    if (!this.#open) this.drop();
  }

  /** Keeps the stream alive, or ends it where its time is up. */
  tend(now: number): void {
    if (now >= this.#endOfLife) this.end();
    else this.#stream.keepAlive();
  }

  /** Ends the stream gracefully: its request gets a result. */
  end(): void {
    if (!this.#open) return;
    this.drop();
    const result = { resultType: 'complete', _meta: { [META.subscriptionId]: this.#id } };
    if (this.#transport === 'stdio') {
      // On a shared channel the specification wants the end announced as a cancellation too.
      this.#stream.send(notificationMessage('notifications/cancelled', { requestId: this.#id }));
    }
    this.#stream.end(resultMessage(this.#id, JSON.stringify(result)));
  }

  /** Forgets the stream: the caller has gone. */
  drop(): void {
    this.#open = false;
    const leaving = this.#leave;
    this.#leave = [];
    for (const leave of leaving) leave();
  }

  /** A source may be late to hear that it is to stop. */
  #tell(method: string, params: JSONObject): void {
    if (this.#open) this.#send(method, params);
  }

  #send(method: string, params: JSONObject): void {
    const _meta = { ...asObject(params['_meta']), [META.subscriptionId]: this.#id };
    const kept = this.#stream.send(notificationMessage(method, { ...params, _meta }));
    // A caller who does not keep up would make the server hold ever more: breaking off tells it to listen again.
    if (kept || !this.#open) return;
    this.drop();
    this.#stream.abort();
  }
}

const asObject = (value: unknown): object => (typeof value === 'object' && value !== null ? value : {});

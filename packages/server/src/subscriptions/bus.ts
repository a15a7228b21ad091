import type { JSONObject } from '@switchyard/wire';

/** What an event is about: `tools`, `prompts`, `resources` (their lists), `resource:<uri>`, or an extension's own topic. */
export type Topic = string;

/** Something that happened, and whom it concerns. */
export interface BusEvent {
  readonly topic: Topic;
  /** Only subscribers of this tenant hear of it; absent means everyone. */
  readonly tenant?: string;
  /** The notification to send. */
  readonly method: string;
  readonly params?: JSONObject;
}

/**
 * Carries events from whichever instance publishes them to every instance with an open stream.
 * Delivery is at most once and unordered between topics: a subscriber that must not miss anything reads after it subscribed.
 */
export interface EventBus {
  /** Hands an event to all subscribers; may resolve before they have it. */
  publish(event: BusEvent): void | Promise<void>;
  /** Calls `listener` for events on these topics that concern everyone or this tenant; returns the way to stop. */
  subscribe(subscription: BusSubscription): () => void;
}

/** Who wants to hear of what. */
export interface BusSubscription {
  readonly topics: readonly Topic[];
  /** Events of other tenants are never delivered; absent hears only what concerns everyone. */
  readonly tenant?: string | undefined;
  readonly listener: (event: BusEvent) => void;
}

/** A bus within one process: the default, and enough for one instance. */
export function memoryBus(): EventBus {
  const topics: Subscribers = new Map();
  return {
    publish(event) {
      const tenants = topics.get(event.topic);
      if (tenants === undefined) return;
      const concerned = event.tenant === undefined ? [...tenants.values()] : [tenants.get(event.tenant)];
      for (const listeners of concerned) {
        for (const listener of listeners === undefined ? [] : [...listeners]) listener(event);
      }
    },
    subscribe({ topics: wanted, tenant, listener }) {
      for (const topic of wanted) add(topics, [topic, tenant], listener);
      return () => {
        for (const topic of wanted) remove(topics, [topic, tenant], listener);
      };
    },
  };
}

type Listener = BusSubscription['listener'];
type Subscribers = Map<Topic, Map<string | undefined, Set<Listener>>>;
type Key = readonly [topic: Topic, tenant: string | undefined];

function add(topics: Subscribers, [topic, tenant]: Key, listener: Listener): void {
  const tenants = topics.get(topic) ?? new Map<string | undefined, Set<Listener>>();
  const listeners = tenants.get(tenant) ?? new Set<Listener>();
  topics.set(topic, tenants.set(tenant, listeners.add(listener)));
}

function remove(topics: Subscribers, [topic, tenant]: Key, listener: Listener): void {
  const tenants = topics.get(topic);
  const listeners = tenants?.get(tenant);
  if (tenants === undefined || listeners === undefined) return;
  listeners.delete(listener);
  if (listeners.size === 0) tenants.delete(tenant);
  if (tenants.size === 0) topics.delete(topic);
}

import type { JSONObject } from '@switchyard/wire';
import type { Kind } from './define/registry.ts';
import type { EventBus } from './subscriptions/bus.ts';

/** Whom a notification concerns. */
export interface Audience {
  /** Only streams of this tenant hear of it. @default everyone */
  readonly tenant?: string;
}

/** Tells whoever listens that something changed. A change of the server's own definitions is told by itself. */
export interface Notify {
  /** The content of a resource has changed. */
  resourceUpdated(uri: string, audience?: Audience): void;
  toolsChanged(audience?: Audience): void;
  promptsChanged(audience?: Audience): void;
  resourcesChanged(audience?: Audience): void;
  /** The lists of these kinds differ from before. */
  listsChanged(kinds: Iterable<Kind>, audience?: Audience): void;
  /** For extensions: any notification on a topic of their own. */
  publish(
    topic: string,
    notification: { readonly method: string; readonly params?: JSONObject },
    audience?: Audience,
  ): void;
}

/** Publishes on a bus; `failed` is told where the bus cannot, since whoever notifies does not wait for it. */
export function createNotify(bus: EventBus, failed: (error: unknown) => void): Notify {
  const publish: Notify['publish'] = (topic, notification, { tenant } = {}) => {
    try {
      const event = tenant === undefined ? { topic, ...notification } : { topic, tenant, ...notification };
      Promise.resolve(bus.publish(event)).catch(failed);
    } catch (error) {
      failed(error);
    }
  };
  const listChanged = (kind: Kind, audience: Audience | undefined): void =>
    publish(kind, { method: `notifications/${kind}/list_changed` }, audience);
  return {
    publish,
    resourceUpdated: (uri, audience) =>
      publish(`resource:${uri}`, { method: 'notifications/resources/updated', params: { uri } }, audience),
    toolsChanged: (audience) => listChanged('tools', audience),
    promptsChanged: (audience) => listChanged('prompts', audience),
    resourcesChanged: (audience) => listChanged('resources', audience),
    listsChanged(kinds, audience) {
      for (const kind of kinds) listChanged(kind, audience);
    },
  };
}

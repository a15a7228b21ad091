import type { JSONRPCNotification, SubscriptionFilter } from '@switchyard/wire';
import { NOTIFICATIONS } from '@switchyard/wire';

/** What a subscription tells of. */
export type SubscriptionEvent =
  | { readonly type: 'toolsListChanged' | 'promptsListChanged' | 'resourcesListChanged' }
  | { readonly type: 'resourceUpdated'; readonly uri: string }
  /** The stream was down for a while, or more came than could be held: anything may have changed. */
  | { readonly type: 'missed' }
  /** A notification of an extension. */
  | {
      readonly type: 'notification';
      readonly method: string;
      readonly params: Readonly<Record<string, unknown>>;
    };

/** How a subscription stands. */
export type SubscriptionStatus =
  /** On the way to its first stream. */
  | 'connecting'
  | 'open'
  /** The stream was lost, and is opened again after a pause. */
  | 'waiting'
  /** The server has no subscriptions: results are fresh for as long as their `ttlMs` says. */
  | 'unsupported'
  /** Something failed that no repetition mends. */
  | 'failed'
  /** By `close` or its signal; or by the server, which honours nothing of the filter. */
  | 'closed';

const LISTS = {
  [NOTIFICATIONS.toolListChanged]: 'toolsListChanged',
  [NOTIFICATIONS.promptListChanged]: 'promptsListChanged',
  [NOTIFICATIONS.resourceListChanged]: 'resourcesListChanged',
} as const;

/** The event that a notification stands for, or undefined for one that was not asked for: servers must not send it. */
export function toEvent(
  { method, params = {} }: JSONRPCNotification,
  filter: SubscriptionFilter,
  isKnown: (method: string) => boolean,
): SubscriptionEvent | undefined {
  if (Object.hasOwn(LISTS, method)) {
    const type = LISTS[method as keyof typeof LISTS]; // it is one of them
    return filter[type] === true ? { type } : undefined;
  }
  if (method === NOTIFICATIONS.resourceUpdated) {
    const { uri } = params;
    const isWanted = typeof uri === 'string' && (filter.resourceSubscriptions ?? []).length > 0;
    return isWanted ? { type: 'resourceUpdated', uri } : undefined;
  }
  return isKnown(method) ? { type: 'notification', method, params } : undefined;
}

/** The methods and, where one is named, the URI whose results an event makes stale. */
export function staleBy(
  event: SubscriptionEvent,
  filter: SubscriptionFilter,
): readonly (readonly [method: string, uri?: string])[] {
  if (event.type === 'toolsListChanged') return [['tools/list']];
  if (event.type === 'promptsListChanged') return [['prompts/list']];
  if (event.type === 'resourcesListChanged') return [['resources/list'], ['resources/templates/list']];
  if (event.type === 'resourceUpdated') return [['resources/read', event.uri]];
  if (event.type === 'notification') return [];
  const { toolsListChanged, promptsListChanged, resourcesListChanged, resourceSubscriptions = [] } = filter;
  return [
    ...(toolsListChanged === true ? ([['tools/list']] as const) : []),
    ...(promptsListChanged === true ? ([['prompts/list']] as const) : []),
    ...(resourcesListChanged === true ? ([['resources/list'], ['resources/templates/list']] as const) : []),
    ...(resourceSubscriptions.length > 0 ? ([['resources/read']] as const) : []),
  ];
}

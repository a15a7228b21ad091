import type { RequestMethod } from './types/messages.ts';

/** What the wire needs to know of a method. */
export interface MethodInfo {
  /** The member of `params` that `Mcp-Name` repeats; without it the method has no `Mcp-Name`. */
  readonly nameSource?: 'name' | 'uri';
  /** Whether a complete result carries `ttlMs` and `cacheScope`. */
  readonly cacheable: boolean;
  /** Whether the request may be sent a second time when the fate of the first is unknown. */
  readonly repeatable: boolean;
  /** Whether it may be answered with an `InputRequiredResult`. */
  readonly inputRounds: boolean;
  /** The server capability that offers the method. */
  readonly capability?: 'tools' | 'prompts' | 'resources' | 'completions';
}

/** The requests of this revision. Has no prototype, so any text can be looked up in it. Spec: schema. */
export const METHODS: Readonly<Record<RequestMethod, MethodInfo>> = table<Record<RequestMethod, MethodInfo>>({
  'server/discover': { cacheable: true, repeatable: true, inputRounds: false },
  'tools/list': { cacheable: true, repeatable: true, inputRounds: false, capability: 'tools' },
  'tools/call': {
    nameSource: 'name',
    cacheable: false,
    repeatable: false,
    inputRounds: true,
    capability: 'tools',
  },
  'resources/list': { cacheable: true, repeatable: true, inputRounds: false, capability: 'resources' },
  'resources/templates/list': {
    cacheable: true,
    repeatable: true,
    inputRounds: false,
    capability: 'resources',
  },
  'resources/read': {
    nameSource: 'uri',
    cacheable: true,
    repeatable: true,
    inputRounds: true,
    capability: 'resources',
  },
  'prompts/list': { cacheable: true, repeatable: true, inputRounds: false, capability: 'prompts' },
  'prompts/get': {
    nameSource: 'name',
    cacheable: false,
    repeatable: true,
    inputRounds: true,
    capability: 'prompts',
  },
  'completion/complete': {
    cacheable: false,
    repeatable: true,
    inputRounds: false,
    capability: 'completions',
  },
  'subscriptions/listen': { cacheable: false, repeatable: true, inputRounds: false },
});

/** Whether the text is a request method of this revision. */
export function isRequestMethod(method: string): method is RequestMethod {
  return method in METHODS;
}

/** What is known of the method, or undefined for one that this revision does not have. */
export function methodInfo(method: string): MethodInfo | undefined {
  return isRequestMethod(method) ? METHODS[method] : undefined;
}

/** The notifications of this revision. Spec: schema. */
export const NOTIFICATIONS = {
  cancelled: 'notifications/cancelled',
  progress: 'notifications/progress',
  message: 'notifications/message',
  resourceUpdated: 'notifications/resources/updated',
  resourceListChanged: 'notifications/resources/list_changed',
  toolListChanged: 'notifications/tools/list_changed',
  promptListChanged: 'notifications/prompts/list_changed',
  subscriptionsAcknowledged: 'notifications/subscriptions/acknowledged',
} as const;

/** The requests that travel in `inputRequests`. Spec: basic/patterns/mrtr#inputrequests. */
export const INPUT_METHODS = {
  elicit: 'elicitation/create',
  createMessage: 'sampling/createMessage',
  listRoots: 'roots/list',
} as const;

/** A lookup table that any text can be looked up in: frozen, rows included, and without a prototype. */
export function table<T extends object>(rows: T): Readonly<T> {
  for (const row of Object.values(rows)) Object.freeze(row);
  // The prototype is dropped so that `constructor` and the like are not found in it.
  return Object.freeze(Object.assign(Object.create(null) as T, rows));
}

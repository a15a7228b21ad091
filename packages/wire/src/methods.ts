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

/** A method of an earlier revision that this one does not have. */
export interface RemovedMethod {
  readonly kind: 'request' | 'notification';
  /** The last revision that had it. */
  readonly lastVersion: string;
  /** What does its work now. */
  readonly instead: string;
}

const META_NOW = 'Every request carries its version and capabilities in _meta.';
const TASKS_NOW = 'The extension io.modelcontextprotocol/tasks has tasks/get, tasks/update and tasks/cancel.';

/** Methods of earlier revisions that this one removed. Has no prototype. Spec: changelog. */
export const REMOVED_METHODS: Readonly<Record<string, RemovedMethod>> = table<Record<string, RemovedMethod>>({
  initialize: removed('request', `${META_NOW} server/discover tells what the server can do.`),
  'notifications/initialized': removed('notification', META_NOW),
  ping: removed('request', 'server/discover answers whenever the server is there.'),
  'logging/setLevel': removed('request', 'Set io.modelcontextprotocol/logLevel in the _meta of a request.'),
  'resources/subscribe': removed('request', 'Name the URI in resourceSubscriptions of subscriptions/listen.'),
  'resources/unsubscribe': removed('request', 'Close the stream that subscriptions/listen opened.'),
  'tasks/list': removed('request', TASKS_NOW),
  'tasks/result': removed('request', TASKS_NOW),
  'tasks/get': removed('request', TASKS_NOW),
  'tasks/cancel': removed('request', TASKS_NOW),
  'notifications/tasks/status': removed('notification', TASKS_NOW),
  'notifications/roots/list_changed': removed('notification', 'Roots are asked for when they are needed.'),
  'notifications/elicitation/complete': removed('notification', 'The client sends its request again.'),
});

function removed(kind: RemovedMethod['kind'], instead: string): RemovedMethod {
  return { kind, lastVersion: '2025-11-25', instead };
}

function table<T extends object>(rows: T): Readonly<T> {
  for (const row of Object.values(rows)) Object.freeze(row);
  // The prototype is dropped so that `constructor` and the like are not found in it.
  return Object.freeze(Object.assign(Object.create(null) as T, rows));
}

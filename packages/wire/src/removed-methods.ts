import { table } from './methods.ts';

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

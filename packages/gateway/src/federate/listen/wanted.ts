import { LIST_KINDS, maskOf } from '../../feeds/kinds.ts';
import type { Message } from '../../message/message.ts';
import type { Refusal } from '../../refusal.ts';
import type { MemberPlan } from '../config.ts';
import type { Request } from '../request.ts';
import { undeclaredTasks } from '../tasks.ts';
import { refuseParams } from '../unknown.ts';

/** What a listener asks for, resolved. */
export interface Wanted {
  readonly mask: number;
  /** Whether it asks for tasks, be it for none. */
  readonly tasks: boolean;
  /** What it wants of single things, by the server that has them. */
  readonly single: ReadonlyMap<MemberPlan, WantedThings>;
}

/** Single things of one server: its own names, and those by which the caller asked. */
export interface WantedThings {
  readonly uris: Map<string, string>;
  readonly tasks: Map<string, string>;
}

const MOST_THINGS = 1000;

/** The filter of a `subscriptions/listen`. */
export interface Filter {
  readonly mask: number;
  readonly uris: readonly string[];
  /** `undefined` where it does not ask for tasks. */
  readonly tasks: readonly string[] | undefined;
}

/** Reads a filter, in the order in which a server looks at it: whether it may ask for tasks comes first. */
export function readFilter(message: Message): Filter | Refusal {
  const filter = message.request.params?.['notifications'];
  if (!isObject(filter)) return refuseParams('params.notifications must be an object.');
  const undeclared = filter['taskIds'] === undefined ? undefined : undeclaredTasks(message);
  if (undeclared !== undefined) return undeclared;
  for (const { filter: member } of LIST_KINDS)
    if (filter[member] !== undefined && typeof filter[member] !== 'boolean')
      return refuseParams(`params.notifications.${member} must be true or false.`);
  const uris = textsOf(filter['resourceSubscriptions']);
  if (uris === undefined)
    return refuseParams('params.notifications.resourceSubscriptions must be a list of URIs.');
  const tasks = textsOf(filter['taskIds']);
  if (tasks === undefined) return refuseParams('params.notifications.taskIds must be a list of ids.');
  if (uris.length + tasks.length > MOST_THINGS)
    return refuseParams(`One stream can follow at most ${MOST_THINGS} resources and tasks.`);
  return { mask: maskOf(filter), uris, tasks: filter['taskIds'] === undefined ? undefined : tasks };
}

/** Finds what a filter asks for. What no server has is not asked for, and not acknowledged either. */
export async function resolveFilter(
  { door, runtime, exchange, context }: Request,
  { mask, uris, tasks }: Filter,
): Promise<Wanted> {
  const single = new Map<MemberPlan, WantedThings>();
  const things = (member: MemberPlan) => {
    const known = single.get(member) ?? { uris: new Map(), tasks: new Map() };
    single.set(member, known);
    return known;
  };
  for (const uri of uris) {
    const found = door.qualifier.resolveUri(uri);
    if (found === undefined) continue;
    const target = {
      server: door.servers.get(found.member.server),
      method: 'resources/read',
      name: found.name,
    };
    // What the caller may not read it may not follow either; it is not told which of the two there is not.
    if (context.authority?.mayShow(exchange, target) === false) continue;
    things(found.member).uris.set(found.name, uri);
  }
  for (const id of tasks ?? []) {
    const member = door.qualifier.resolveTask(id)?.member;
    const own = member && (await runtime.handles.openTask(id, member, exchange.caller));
    if (member !== undefined && own !== undefined) things(member).tasks.set(own, id);
  }
  return { mask, tasks: tasks !== undefined, single };
}

// ---

function textsOf(value: unknown): readonly string[] | undefined {
  if (value === undefined) return [];
  if (!Array.isArray(value) || !value.every((one) => typeof one === 'string')) return undefined;
  return value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

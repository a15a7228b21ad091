import { rejectMissingCapability } from '@switchyard/wire';
import { LIST_KINDS, maskOf } from '../../feeds/kinds.ts';
import { type Refusal, refuseMessage } from '../../refusal.ts';
import type { MemberPlan } from '../config.ts';
import type { Request } from '../request.ts';
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
const TASKS = 'io.modelcontextprotocol/tasks';

/** Reads the filter of a `subscriptions/listen`. What no server has is not asked for, and not acknowledged either. */
export async function readWanted(request: Request): Promise<Wanted | Refusal> {
  const { message } = request;
  const filter = message.request.params?.['notifications'];
  if (!isObject(filter)) return refuseParams('params.notifications must be an object.');
  for (const { filter: member } of LIST_KINDS)
    if (filter[member] !== undefined && typeof filter[member] !== 'boolean')
      return refuseParams(`params.notifications.${member} must be true or false.`);
  const uris = textsOf(filter['resourceSubscriptions']);
  if (uris === undefined)
    return refuseParams('params.notifications.resourceSubscriptions must be a list of URIs.');
  const tasks = textsOf(filter['taskIds']);
  if (tasks === undefined) return refuseParams('params.notifications.taskIds must be a list of ids.');
  const asks = filter['taskIds'] !== undefined;
  if (asks && message.envelope.clientCapabilities.extensions?.[TASKS] === undefined)
    return refuseMessage(rejectMissingCapability({ extensions: { [TASKS]: {} } }));
  if (uris.length + tasks.length > MOST_THINGS)
    return refuseParams(`One stream can follow at most ${MOST_THINGS} resources and tasks.`);
  return { mask: maskOf(filter), tasks: asks, single: await resolveThings(request, uris, tasks) };
}

// ---

async function resolveThings(
  { door, runtime, exchange, context }: Request,
  uris: readonly string[],
  tasks: readonly string[],
): Promise<ReadonlyMap<MemberPlan, WantedThings>> {
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
  for (const id of tasks) {
    const member = door.qualifier.resolveTask(id)?.member;
    const own = member && (await runtime.handles.openTask(id, member, exchange.caller));
    if (member !== undefined && own !== undefined) things(member).tasks.set(own, id);
  }
  return single;
}

function textsOf(value: unknown): readonly string[] | undefined {
  if (value === undefined) return [];
  if (!Array.isArray(value) || !value.every((one) => typeof one === 'string')) return undefined;
  return value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

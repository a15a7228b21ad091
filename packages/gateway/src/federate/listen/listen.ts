import { type JSONRPCNotification, reject } from '@switchyard/wire';
import { acceptsStream } from '../../feeds/callers.ts';
import { isShared } from '../../feeds/feeds.ts';
import { Following, isNothing, type Subscriber, settled } from '../../feeds/following.ts';
import { filterOf, LIST_KINDS, maskOf } from '../../feeds/kinds.ts';
import { Listener } from '../../feeds/listener.ts';
import type { LiveFederation, LiveServer } from '../../plan/live.ts';
import { isRefusal, type Refusal, refuseMessage } from '../../refusal.ts';
import { ownQuestion } from '../../surface/question.ts';
import type { MemberPlan } from '../config.ts';
import type { Request } from '../request.ts';
import { rewriteStreamed } from '../rewrite.ts';
import { readFilter, resolveFilter, type Wanted, type WantedThings } from './wanted.ts';

/**
 * Opens one stream over all servers concerned. What only says that a list has changed comes from streams that all listeners
 * share; single resources and tasks are followed for this caller alone, in its name. The acknowledgement says what was agreed
 * across the servers: a server that cannot be reached yet is taken to agree, since it is asked until it does.
 */
export async function listen(request: Request): Promise<Refusal | undefined> {
  const { exchange, message, runtime, context, door } = request;
  const filter = readFilter(message);
  if (isRefusal(filter)) return filter;
  if (!acceptsStream(exchange))
    return refuseMessage({ ...reject('InvalidRequest', NEEDS_STREAM), status: 406 });
  const wanted = await resolveFilter(request, filter);
  if (exchange.ended) return undefined;
  const own: Own[] = [];
  const listener = new Listener({
    exchange,
    id: message.request.id,
    wants: wanted.mask,
    headers: context.extraHeaders(exchange),
    left: (one) => {
      runtime.feeds.delete(one);
      for (const { following } of own) following.stop();
    },
  });
  exchange.worker = listener;
  const shared = runtime.feeds.add(listener, () => sharedServers(door));
  own.push(...followOwn(request, wanted, listener));
  await settled([...shared, ...own.map(({ following }) => following)], door.qualifier.plan.timeoutMs);
  if (exchange.ended) return undefined;
  const agreed = agreedOf(wanted, shared, own);
  listener.acknowledge(agreed);
  // Nothing can come of a stream for nothing but tasks that the caller does not have.
  if (wanted.tasks && isNothing(agreed)) listener.conclude();
  // Whoever follows something in the caller's name asks again with the same headers.
  if (own.length === 0) exchange.forgetRequest();
  return undefined;
}

// ---

const NEEDS_STREAM = 'subscriptions/listen needs Accept: text/event-stream.';

/** The servers whose lists are the same for everybody, without those that the federation leaves out. */
function sharedServers({ servers, qualifier }: LiveFederation): readonly LiveServer[] {
  const all = [...servers.values()];
  return all.filter((server) => isShared(server) && qualifier.member(server.plan.name) !== undefined);
}

/** What is followed for one listener alone, at one server. */
interface Own {
  readonly following: Following;
  readonly mask: number;
  readonly things: WantedThings;
}

function followOwn(request: Request, { mask, single }: Wanted, listener: Listener): Own[] {
  const { door, context, exchange } = request;
  const own: Own[] = [];
  for (const member of door.qualifier.plan.members) {
    const server = door.servers.get(member.server);
    if (server === undefined) continue;
    const things = single.get(member) ?? {
      uris: new Map<string, string>(),
      tasks: new Map<string, string>(),
    };
    const lists = isShared(server) ? 0 : mask;
    if (lists === 0 && things.uris.size === 0 && things.tasks.size === 0) continue;
    const { headers, body } = questionOf(request, { member, lists, things });
    const subscriber = new OwnSubscriber({ request, listener, member, things });
    const following = new Following({ server, headers, body, client: exchange }, subscriber, context);
    own.push({ following, mask: lists, things });
    following.start();
  }
  return own;
}

interface OwnParts {
  readonly member: MemberPlan;
  readonly lists: number;
  readonly things: WantedThings;
}

function questionOf(request: Request, { member, lists, things }: OwnParts) {
  const { exchange, message, door, context } = request;
  const server = door.servers.get(member.server);
  if (server === undefined) throw new TypeError('a member of the federation has a server');
  const notifications = {
    ...filterOf(lists),
    ...(things.uris.size === 0 ? {} : { resourceSubscriptions: [...things.uris.keys()] }),
    ...(things.tasks.size === 0 ? {} : { taskIds: [...things.tasks.keys()] }),
  };
  const own = { method: 'subscriptions/listen', params: { notifications }, message };
  return ownQuestion(own, { exchange, server, pseudonym: context.pseudonym });
}

function agreedOf(
  wanted: Wanted,
  shared: readonly Following[],
  own: readonly Own[],
): Readonly<Record<string, unknown>> {
  let mask = 0;
  for (const { agreed } of shared) mask |= agreed === undefined ? wanted.mask : maskOf(agreed);
  const uris: string[] = [];
  const tasks: string[] = [];
  for (const { following, mask: asked, things } of own) {
    const { agreed } = following;
    mask |= agreed === undefined ? asked : maskOf(agreed);
    uris.push(...grantedOf(things.uris, agreed?.['resourceSubscriptions'], agreed === undefined));
    tasks.push(...grantedOf(things.tasks, agreed?.['taskIds'], agreed === undefined));
  }
  return {
    ...filterOf(mask & wanted.mask),
    ...(uris.length === 0 ? {} : { resourceSubscriptions: uris }),
    ...(wanted.tasks ? { taskIds: tasks } : {}),
  };
}

function grantedOf(asked: ReadonlyMap<string, string>, granted: unknown, all: boolean): readonly string[] {
  const list: readonly unknown[] = Array.isArray(granted) ? granted : [];
  return [...asked].flatMap(([own, sent]) => (all || list.includes(own) ? [sent] : []));
}

interface OwnSubscriberParts {
  readonly request: Request;
  readonly listener: Listener;
  readonly member: MemberPlan;
  readonly things: WantedThings;
}

class OwnSubscriber implements Subscriber {
  readonly #parts: OwnSubscriberParts;

  constructor(parts: OwnSubscriberParts) {
    this.#parts = parts;
  }

  /** After a gap everything that was followed may have changed. Tasks are polled anyway. */
  acknowledged(filter: Readonly<Record<string, unknown>>, again: boolean): void {
    if (!again) return;
    const { listener, things } = this.#parts;
    listener.changed(maskOf(filter));
    for (const uri of grantedOf(things.uris, filter['resourceSubscriptions'], false)) listener.updated(uri);
  }

  notified(notification: JSONRPCNotification, text: string): void {
    const { listener } = this.#parts;
    const kind = LIST_KINDS.find(({ method }) => method === notification.method);
    if (kind !== undefined) listener.changed(kind.bit);
    else this.#single(notification, text);
  }

  /** Passed on only where the caller asked for it, under the name by which it asked. */
  #single({ method, params }: JSONRPCNotification, text: string): void {
    const { request, listener, member, things } = this.#parts;
    const { qualifier } = request.door;
    const own = method === 'notifications/tasks' ? params?.['taskId'] : params?.['uri'];
    if (typeof own !== 'string') return;
    const asked = method === 'notifications/tasks' ? things.tasks.get(own) : things.uris.get(own);
    // A server may tell of a part of what is followed.
    const part = method !== 'notifications/tasks' && things.uris.size > 0;
    const sent = asked ?? (part ? qualifier.qualifyUri(member, own) : undefined);
    if (sent === undefined) return;
    const parts = { qualifier, member, method, own, sent, id: listener.id };
    const json = rewriteStreamed(text, parts);
    if (json !== undefined) listener.send(json);
  }
}

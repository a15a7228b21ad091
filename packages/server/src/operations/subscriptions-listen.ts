import type { JSONObject } from '@switchyard/wire';
import { ProtocolError, reject } from '@switchyard/wire';
import { HandlerContext } from '../context/handler-context.ts';
import type { ListenAgreement } from '../define/extension.ts';
import type { Topic } from '../subscriptions/bus.ts';
import { Subscription } from '../subscriptions/subscription.ts';
import type { Operation, Walk } from '../walk.ts';
import { declares } from './declares.ts';
import { findResource } from './resources-read.ts';

/** `subscriptions/listen`. See https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/subscriptions. */
export const subscriptionsListen: Operation = {
  method: 'subscriptions/listen',
  undeclared: undeclaredField,
  prepare(walk) {
    const { notifications } = walk.params;
    if (!isRecord(notifications)) return reject('InvalidParams', 'params.notifications must be an object.');
    for (const field of FLAGS.keys()) {
      if (notifications[field] !== undefined && typeof notifications[field] !== 'boolean') {
        return reject('InvalidParams', `params.notifications.${field} must be true or false.`);
      }
    }
    const uris = notifications['resourceSubscriptions'];
    if (uris !== undefined && !(Array.isArray(uris) && uris.every((uri) => typeof uri === 'string'))) {
      return reject('InvalidParams', 'params.notifications.resourceSubscriptions must be a list of URIs.');
    }
    const most = walk.runtime.limits.subscribedUris;
    if (Array.isArray(uris) && uris.length > most) {
      return reject('InvalidParams', `One stream can follow at most ${most} resources.`);
    }
    if (!walk.acceptsStream) {
      return {
        ...reject('InvalidRequest', 'subscriptions/listen needs Accept: text/event-stream.'),
        status: 406,
      };
    }
    return undefined;
  },
  async run(walk) {
    // `prepare` has seen that it is an object.
    const wish = walk.params['notifications'] as Record<string, unknown>;
    const agreement = await agree(walk, wish);
    if (walk.aborted || walk.id === undefined) return undefined;
    const { hub, closing } = walk.runtime;
    // The hub ended its streams while this one was being agreed on: nobody would end it.
    if (closing) throw new ProtocolError(-32603, 'The server is shutting down.');
    if (hub.full) throw new ProtocolError(-32603, 'Too many open subscriptions. Try again later.');
    const { tenant } = walk.principal;
    const { transport } = walk.exchange;
    const { idle, ...agreed } = agreement;
    const subscription = new Subscription(hub, walk.openStream(), {
      id: walk.id,
      tenant,
      transport,
      ...agreed,
    });
    walk.handOver();
    walk.exchange.onDisconnect(() => subscription.drop());
    if (idle) subscription.end();
    return undefined;
  },
};

const FLAGS = new Map([
  ['toolsListChanged', 'tools'],
  ['promptsListChanged', 'prompts'],
  ['resourcesListChanged', 'resources'],
] as const);

interface Agreement {
  readonly topics: Topic[];
  readonly agreed: JSONObject;
  readonly initial: { readonly method: string; readonly params?: JSONObject }[];
  readonly sources: NonNullable<ListenAgreement['follow']>[];
  /** An extension's wish has come to nothing, and there is nothing else: the stream would stay silent. */
  readonly idle: boolean;
}

async function agree(walk: Walk, wish: Record<string, unknown>): Promise<Agreement> {
  const agreement: Omit<Agreement, 'idle'> = { topics: [], agreed: {}, initial: [], sources: [] };
  let extended = false;
  for (const [field, kind] of FLAGS) {
    if (wish[field] !== true || !walk.snapshot.kinds[kind]) continue;
    agreement.agreed[field] = true;
    agreement.topics.push(kind);
  }
  const uris = await agreedUris(walk, wish['resourceSubscriptions']);
  if (uris !== undefined) {
    agreement.agreed['resourceSubscriptions'] = uris;
    agreement.topics.push(...uris.map((uri) => `resource:${uri}`));
  }
  for (const [field, { extension, field: listen }] of walk.snapshot.listenFields) {
    if (wish[field] === undefined || !declares(walk, extension)) continue;
    include(agreement, field, await listen.accept(wish[field], new HandlerContext(walk)));
    extended = true;
  }
  return { ...agreement, idle: extended && agreement.topics.length + agreement.sources.length === 0 };
}

function include(
  agreement: Omit<Agreement, 'idle'>,
  field: string,
  { agreed, topics, initial = [], follow }: ListenAgreement,
): void {
  // An extension's filter is JSON: it goes into the acknowledgement.
  if (agreed !== undefined) agreement.agreed[field] = agreed as JSONObject;
  agreement.topics.push(...topics);
  agreement.initial.push(...initial);
  if (follow !== undefined) agreement.sources.push(follow);
}

/** The extension whose field the filter has although the request does not declare it, and that will not have that. */
function undeclaredField(walk: Walk): string | undefined {
  const wish = walk.params['notifications'];
  if (!isRecord(wish)) return undefined;
  for (const [name, { extension, field }] of walk.snapshot.listenFields) {
    if (field.undeclared === 'refuse' && wish[name] !== undefined && !declares(walk, extension))
      return extension;
  }
  return undefined;
}

/** Only what the principal could read may be followed; the hook may forbid more, or allow what no definition covers. */
async function agreedUris(walk: Walk, wish: unknown): Promise<string[] | undefined> {
  if (!Array.isArray(wish) || !walk.snapshot.kinds.resources) return undefined;
  const { authorizeSubscription } = walk.runtime;
  const agreed: string[] = [];
  // `prepare` has seen that they are strings.
  for (const uri of new Set(wish as string[])) {
    if (!URL.canParse(uri)) continue;
    const allowed =
      authorizeSubscription === undefined
        ? findResource(walk.snapshot, uri, walk.principal) !== undefined
        : (await authorizeSubscription(uri, new HandlerContext(walk))) === true;
    if (allowed) agreed.push(uri);
  }
  return agreed;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

import type { SubscriptionFilter } from '@switchyard/wire';
import type { Parts } from './assemble.ts';
import { assemble } from './assemble.ts';
import type { CallOptions } from './call/call-options.ts';
import { Calls } from './calls.ts';
import type { ExtensionHost } from './extension.ts';
import type { LinkRequest } from './link.ts';
import { staleBy } from './listen/events.ts';
import type { ListenOptions } from './listen/subscription.ts';
import { Listener } from './listen/subscription.ts';
import { readingCalls } from './operations.ts';
import type { ClientOptions } from './options.ts';
import type { Client, ToolType } from './types.ts';

/**
 * Makes a client of one server. Nothing is sent before the first call, and no call needs another before it. Throws
 * `TypeError` for options that are not sound.
 */
export function createClient<
  Tools extends { readonly [Name in keyof Tools]: ToolType } = Record<string, ToolType>,
>(options: ClientOptions): Client<Tools> {
  const parts = assemble(options, async (_name, { headers, signal }) => {
    const renew: CallOptions = { cache: 'refresh', headers };
    await reading.listTools(signal === undefined ? renew : { ...renew, signal });
  });
  const calls = new Calls(parts, options);
  const streams = new Set<Listener>();
  const reading = readingCalls((method, params, given) => calls.ask(method, params, given), parts.book);
  const close = async (): Promise<void> => {
    calls.close();
    await Promise.all([...streams].map((stream) => stream.close()));
    await parts.link.close?.();
  };
  const listen = (filter: SubscriptionFilter, given: ListenOptions = {}): Listener =>
    openStream(parts, streams, { filter, given });
  for (const extension of options.extensions ?? []) extension.install?.(hostOf(parts, calls, listen));
  return {
    ...reading,
    // By its overloads a tool is named by itself, or within an object with its arguments.
    callTool: ((...given: ToolCall) => callTool(calls, given)) as Client<Tools>['callTool'],
    request: (method, params, given) => calls.askThrough(method, params, given),
    pending: (text) => calls.revive(text),
    listen,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function hostOf(parts: Parts, calls: Calls, listen: ExtensionHost['listen']): ExtensionHost {
  return {
    address: parts.link.address,
    environment: parts.environment,
    closed: calls.closed,
    request: (call) => calls.askUntil(call),
    answer: (request, call, handlers) => calls.answer(request, call, handlers),
    check: (call, result) => calls.check(call, result),
    listen,
    warn: parts.warn,
  };
}

type NamedCall = { readonly name: string; readonly arguments?: unknown };
type ToolCall = readonly [call: string | NamedCall, second?: unknown, third?: CallOptions];

function callTool(calls: Calls, [call, second, third]: ToolCall): ReturnType<Calls['ask']> {
  const { name, arguments: args }: NamedCall =
    typeof call === 'string' ? { name: call, arguments: second } : call;
  const options = typeof call === 'string' ? third : (second as CallOptions | undefined); // by the second overload
  return calls.ask('tools/call', args === undefined ? { name } : { name, arguments: args }, options);
}

interface Wanted {
  readonly filter: SubscriptionFilter;
  readonly given: ListenOptions;
}

function openStream(parts: Parts, streams: Set<Listener>, { filter, given }: Wanted): Listener {
  const { cache, extensions } = parts;
  const request = async (stream: Pick<LinkRequest, 'signal' | 'notify' | 'alive'>): Promise<LinkRequest> => ({
    method: 'subscriptions/listen',
    params: { notifications: filter },
    meta: {},
    headers: await parts.headers(),
    progress: false,
    policy: { ...parts.defaults, timeoutMs: 0, totalTimeoutMs: 0, repeatable: true, cache: 'bypass' },
    ...stream,
  });
  const listener = new Listener({
    filter,
    options: given,
    environment: parts.environment,
    request,
    next: parts.direct,
    isKnown: (method) => extensions.notifications.has(method),
    changed(event) {
      for (const [method, uri] of staleBy(event, filter)) cache?.changed(method, uri);
      if (event.type === 'notification') extensions.notifications.get(event.method)?.(event.params);
    },
    warn: parts.warn,
  });
  streams.add(listener);
  listener.on('status', (status) => {
    if (status === 'closed' || status === 'failed' || status === 'unsupported') streams.delete(listener);
  });
  return listener;
}

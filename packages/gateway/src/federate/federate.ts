import type { Exchange } from '../exchange.ts';
import { messageOf } from '../message/read-body.ts';
import type { LiveFederation } from '../plan/live.ts';
import { isRefusal, type Refusal, refuse } from '../refusal.ts';
import { callMember } from './call.ts';
import { discover } from './discover.ts';
import { isListMethod, list } from './list.ts';
import { listen } from './listen/listen.ts';
import type { Request } from './request.ts';
import type { FederateContext, FederationRuntime } from './runtime.ts';
import { refuseMethod, refuseName } from './unknown.ts';

/** Answers a request on a federated path, once every stage has let it go on. */
export function federate(exchange: Exchange, door: LiveFederation, context: FederateContext): void {
  const { federation: runtime } = context;
  if (runtime === undefined) context.answer(exchange, refuse('no-such-path'), exchange.bytes);
  else
    answer({ exchange, door, context, runtime }).catch((error: unknown) => context.failed(exchange, error));
}

// ---

interface Parts {
  readonly exchange: Exchange;
  readonly door: LiveFederation;
  readonly context: FederateContext;
  readonly runtime: FederationRuntime;
}

async function answer(parts: Parts): Promise<void> {
  const { exchange, context } = parts;
  const message = await messageOf(exchange);
  if (exchange.ended) return;
  const refusal = isRefusal(message)
    ? message
    : await dispatch({ exchange, door: parts.door, context, runtime: parts.runtime, message });
  if (refusal !== undefined && !exchange.ended) context.answer(exchange, refusal, exchange.bytes);
}

/** Answers, or says what to answer. */
async function dispatch(request: Request): Promise<Refusal | undefined> {
  const { method, called, server } = request.exchange.request;
  if (server !== undefined) return callMember(request, server);
  if (isListMethod(method)) return list(request, method);
  if (method === 'server/discover') return discover(request);
  if (method === 'subscriptions/listen') return listen(request);
  return called === undefined ? refuseMethod(method) : refuseName(method, called);
}

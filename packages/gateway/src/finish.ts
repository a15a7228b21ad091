import type { Exchange } from './exchange.ts';
import { federate } from './federate/federate.ts';
import type { FederateContext } from './federate/runtime.ts';
import { listenShared, type SharingContext } from './feeds/shared-listens.ts';
import { forward } from './forward/forward.ts';
import { refuse } from './refusal.ts';
import { serve } from './surface/serve.ts';

/** What finishing needs: whatever any of the ends does. */
export interface FinishContext extends FederateContext, SharingContext {}

/** Brings an exchange that every stage has let go on to its end: the one place where it is decided who answers it. */
export function finish(exchange: Exchange, context: FinishContext): void {
  const { door, server, method } = exchange.request;
  if (door.federation !== undefined) federate(exchange, door.federation, context);
  else if (server === undefined) context.answer(exchange, refuse('no-such-path'), exchange.bytes);
  else if (context.surface.concerns(method) || context.early?.concerns(server, method) === true)
    serve(exchange, server, context);
  else if (method === 'subscriptions/listen' && context.shared.concerns(exchange, server))
    listenShared(exchange, server, context);
  else forward(exchange, exchange.version ?? server, context);
}

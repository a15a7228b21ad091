import type { Deployment } from './deployment.ts';
import type { Exchange } from './exchange.ts';
import { type CallerContext, forward } from './forward/forward.ts';
import { refuse } from './refusal.ts';

/** Brings an exchange that every stage has let go on to its end: the one place where it is decided who answers it. */
export function finish(exchange: Exchange, _: Deployment, context: CallerContext): void {
  const { server } = exchange.request;
  if (server === undefined) context.answer(exchange, refuse('no-such-path'), exchange.bytes);
  else forward(exchange, server, context);
}

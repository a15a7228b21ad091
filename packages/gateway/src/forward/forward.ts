import type { Exchange } from '../exchange.ts';
import { takeBody } from './body.ts';
import { type ForwardContext, Forwarding } from './forwarding.ts';
import { isRepeatable } from './retry.ts';

const HELD_FOR_REPEAT = 64 * 1024;

/** Sends the request to the replica that `route` chose, and what comes back to the caller. */
export function forward(exchange: Exchange, context: ForwardContext): void {
  const { head, method } = exchange.request;
  const forwarding = new Forwarding(exchange, context);
  exchange.worker = forwarding;
  const limitBytes = exchange.live.plan.limits.bodyBytes;
  const holdBytes = isRepeatable(method) ? HELD_FOR_REPEAT : 0;
  takeBody(exchange.req, { length: head.contentLength, limitBytes, holdBytes }, forwarding);
}

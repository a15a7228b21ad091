import type { Exchange } from '../exchange.ts';
import type { Message } from '../message/message.ts';
import type { LiveFederation } from '../plan/live.ts';
import type { FederateContext, FederationRuntime } from './runtime.ts';

/** A request on a federated path that has been read, and what answering it needs. */
export interface Request {
  readonly exchange: Exchange;
  readonly message: Message;
  readonly door: LiveFederation;
  readonly runtime: FederationRuntime;
  readonly context: FederateContext;
}

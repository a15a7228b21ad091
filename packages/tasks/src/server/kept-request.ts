import type { ClientCapabilities, Implementation, JSONObject, JSONValue, MetaObject } from '@switchyard/wire';
import { META } from '@switchyard/wire';
import type { Caller, HandlerContextLike } from './host.ts';

/** What is kept with a task of the request that made it, for its handler. */
export interface KeptRequest {
  readonly principal: Caller;
  readonly protocolVersion: string;
  readonly clientInfo?: Implementation;
  readonly clientCapabilities: ClientCapabilities;
  readonly meta: MetaObject;
  /** What the option's `before` gave. */
  readonly before?: JSONValue;
}

/** What to keep of a request. */
export function keep(ctx: HandlerContextLike, before: JSONValue | undefined): JSONObject {
  const {
    [META.progressToken]: _,
    [META.clientCapabilities]: __,
    [META.clientInfo]: ___,
    ...meta
  } = ctx.meta;
  const kept: KeptRequest = {
    principal: ctx.principal,
    protocolVersion: ctx.protocolVersion,
    clientCapabilities: ctx.clientCapabilities,
    meta,
    ...(ctx.clientInfo === undefined ? {} : { clientInfo: ctx.clientInfo }),
    ...(before === undefined ? {} : { before }),
  };
  // It came as JSON, but for what `authenticate` added: what of that JSON cannot carry is lost here and not later.
  return JSON.parse(JSON.stringify(kept)) as JSONObject;
}

/** What was kept. */
export function kept(context: JSONValue): KeptRequest {
  // `keep` made it.
  const request = context as unknown as KeptRequest;
  const { clientInfo, clientCapabilities } = request;
  const meta = {
    ...request.meta,
    [META.clientCapabilities]: clientCapabilities,
    ...(clientInfo === undefined ? {} : { [META.clientInfo]: clientInfo }),
  };
  return { ...request, meta };
}

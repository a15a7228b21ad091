import type { Exchange } from '../exchange.ts';
import type { Errand, ResponseSink, ResponseTaker } from '../forward/errand.ts';
import { Forwarding } from '../forward/forwarding.ts';
import type { UpstreamHeaders } from '../forward/response-headers.ts';
import type { LiveServer } from '../plan/live.ts';
import { isRefusal, type Refusal } from '../refusal.ts';
import type { Replica } from '../route/replica.ts';
import { isSaid, type Said } from '../surface/said.ts';
import { writeSaid } from '../surface/serve.ts';
import { CrossingSink } from './crossing-sink.ts';
import { memberHeaders } from './member-headers.ts';
import type { Request } from './request.ts';
import { type Crossing, rewriteRequest, rewriteResponse } from './rewrite.ts';
import type { FederateContext } from './runtime.ts';
import { refuseName, refuseState } from './unknown.ts';

/**
 * Sends a request to the one server that it is for, under the server's own names, and what comes back to the caller, under
 * the federation's. Resolves with a refusal where nothing was sent.
 */
export async function callMember(request: Request, server: LiveServer): Promise<Refusal | undefined> {
  const { exchange, context } = request;
  const crossing = crossingOf(request, server);
  if (crossing === undefined) return refuseName(exchange.request.method, exchange.request.called ?? '');
  const json = await rewriteRequest(String(exchange.bytes), crossing);
  if (json === undefined) return refuseState();
  if (exchange.ended) return undefined;
  const body = Buffer.from(json);
  const { method } = crossing;
  if (context.surface.concerns(method) || context.early?.concerns(server, method) === true)
    return askMember(request, { crossing, server, body });
  const forwarding = new Forwarding(new MemberErrand({ crossing, server, body, exchange, context }), context);
  exchange.worker = forwarding;
  forwarding.bodyWhole(body);
  return undefined;
}

// ---

interface Sending {
  readonly crossing: Crossing;
  readonly server: LiveServer;
  readonly body: Buffer;
}

function crossingOf({ exchange, door, runtime }: Request, server: LiveServer): Crossing | undefined {
  const { method, name = '', called: sent = '' } = exchange.request;
  const member = door.qualifier.member(server.plan.name);
  if (member === undefined) return undefined;
  const { handles } = runtime;
  return { federation: door, handles, member, caller: exchange.caller, method, name, sent };
}

/** The way of a method whose results views change. */
async function askMember(
  request: Request,
  { crossing, server, body }: Sending,
): Promise<Refusal | undefined> {
  const { exchange, message, context } = request;
  const abort = new AbortController();
  exchange.worker = { stop: () => abort.abort() };
  const { id, method } = message.request;
  const params: Record<string, unknown> = JSON.parse(String(body)).params;
  const said = await context.surface.ask({
    ...{ exchange, server, method, params, id, body, signal: abort.signal },
    headers: memberHeaders(exchange, server, { pseudonym: context.pseudonym, crossing, body }),
    query: exchange.request.query,
    replica: exchange.replica,
  });
  if (isRefusal(said)) return said;
  const shown = await rewriteSaid(said, crossing);
  if (!exchange.ended) writeSaid(exchange, shown, { id, headers: context.extraHeaders(exchange) });
  return undefined;
}

async function rewriteSaid(said: Said, crossing: Crossing): Promise<Said> {
  if (!isSaid(said)) return said;
  const json = said.kind === 'result' ? { result: said.result } : { error: said.error };
  const rewritten = await rewriteResponse(JSON.stringify(json), crossing);
  // The same message with other texts in it.
  return { ...said, ...JSON.parse(rewritten) } as Said;
}

interface ErrandParts extends Sending {
  readonly exchange: Exchange;
  readonly context: FederateContext;
}

class MemberErrand implements Errand, ResponseTaker {
  readonly server: LiveServer;
  readonly #parts: ErrandParts;
  #sink: CrossingSink | undefined;

  constructor(parts: ErrandParts) {
    this.server = parts.exchange.version ?? parts.server;
    this.#parts = parts;
  }

  get method(): string {
    return this.#parts.crossing.method;
  }

  get query(): string {
    return this.#parts.exchange.request.query;
  }

  get client(): Exchange {
    return this.#parts.exchange;
  }

  get replica(): Replica | undefined {
    return this.#parts.exchange.replica;
  }

  get taker(): ResponseTaker {
    return this;
  }

  get gone(): boolean {
    return this.#parts.exchange.ended;
  }

  headers(): string[] {
    const { exchange, server, context, crossing, body } = this.#parts;
    const headers = memberHeaders(exchange, server, { pseudonym: context.pseudonym, crossing, body });
    exchange.mirror?.sent(headers, body);
    return headers;
  }

  begin(status: number, headers: UpstreamHeaders, replica: Replica): ResponseSink {
    const { exchange, context, crossing } = this.#parts;
    this.#sink = new CrossingSink({ exchange, context, crossing, status, headers });
    const sink = this.#sink.open();
    exchange.replica = replica;
    return exchange.mirror === undefined ? sink : exchange.mirror.tap(sink, status, headers);
  }

  refused(refusal: Refusal): void {
    const { exchange, context } = this.#parts;
    if (exchange.res.headersSent) exchange.cut();
    else context.answer(exchange, refusal, exchange.bytes);
  }

  brokeOff(): void {
    this.#sink?.brokeOff();
  }
}

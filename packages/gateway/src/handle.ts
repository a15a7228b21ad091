import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Accepted, accept } from './accept/accept.ts';
import { corsHeaders } from './accept/cors.ts';
import { answerPreflight } from './accept/preflight.ts';
import { refuseUnread, writeRefusal } from './answer.ts';
import type { Deployment } from './deployment.ts';
import type { GatewayLogger } from './events.ts';
import { Exchange } from './exchange.ts';
import { type FinishContext, finish } from './finish.ts';
import type { ForwardContext } from './forward/forwarding.ts';
import { type Refusal, refuse } from './refusal.ts';
import type { Roster } from './roster.ts';
import { runStages, type StageEnds } from './stage.ts';
import { StoreError } from './store/error.ts';

/** What the gateway counts from its start. */
export interface Counters {
  /** Requests let in. */
  accepted: number;
  /** Requests that the gateway itself answered, for whatever reason. */
  refused: number;
}

/** What handling a request needs of the gateway. */
export interface HandleContext {
  /** The name that this instance signs `Via` with. */
  readonly pseudonym: string;
  readonly forwarding: ForwardContext;
  readonly log: GatewayLogger;
  /** The deployment for requests that come now. */
  readonly current: () => Deployment;
  /** Whether connections are to be closed with their next answer. */
  readonly draining: () => boolean;
  /** Whether new requests are refused. */
  readonly refusing: () => boolean;
  /** The requests in progress. */
  readonly exchanges: Roster<Exchange>;
  readonly counters: Counters;
  /** Called after each exchange. */
  readonly ended: () => void;
}

/** A `node:http` request handler. */
export type RequestHandler = (req: IncomingMessage, res: ServerResponse) => void;

/** The handlers of a `node:http` server. */
export interface RequestHandlers {
  readonly request: RequestHandler;
  /** For callers that wait to be asked for the body (`Expect: 100-continue`): only those that are let in are. */
  readonly checkContinue: RequestHandler;
}

/** The way of a request through the gateway: accept → stages → finish. */
export function requestHandlers(context: HandleContext): RequestHandlers {
  const endsOf = latest((deployment: Deployment) => stageEnds(deployment, context));
  const handle = (req: IncomingMessage, res: ServerResponse, waits: boolean) => {
    const deployment = context.current();
    if (req.method !== 'POST' && answerOther(req, res, deployment)) return;
    const request = letIn(req, deployment, context);
    if ('rejection' in request) {
      refuseEarly({ req, res, deployment }, request, context);
      return;
    }
    const exchange = new Exchange(req, res, { live: deployment.live, request });
    begin(exchange, context);
    if (waits) res.writeContinue();
    runStages(deployment.stages, exchange, endsOf(deployment));
  };
  return {
    request: (req, res) => handle(req, res, false),
    checkContinue: (req, res) => handle(req, res, true),
  };
}

// ---

/** A function that remembers what it made of the last argument. */
function latest<From, To>(make: (from: From) => To): (from: From) => To {
  let last: { readonly from: From; readonly to: To } | undefined;
  return (from) => {
    if (last?.from !== from) last = { from, to: make(from) };
    return last.to;
  };
}

function letIn(req: IncomingMessage, deployment: Deployment, context: HandleContext): Accepted | Refusal {
  if (context.refusing()) return refuse('draining');
  const request = accept(req, { live: deployment.live, pseudonym: context.pseudonym });
  if ('rejection' in request) return request;
  return context.exchanges.size < deployment.live.plan.limits.inFlight ? request : refuse('overloaded');
}

/** Answers what is no message: a document, or the preflight of one that a page wants to send. Says whether it has. */
function answerOther(req: IncomingMessage, res: ServerResponse, { live, stages }: Deployment): boolean {
  if (stages.some((stage) => stage.document?.(req, res, live) === true)) return true;
  return req.method === 'OPTIONS' && answerPreflight(req, res, live);
}

interface Early {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly deployment: Deployment;
}

function refuseEarly({ req, res, deployment }: Early, refusal: Refusal, context: HandleContext): void {
  const headers = [...corsHeaders(deployment.live.plan, req.headers.origin), ...closing(context)];
  context.counters.refused += 1;
  context.log({ type: 'refused', reason: refusal.reason, path: pathOf(req) });
  for (const stage of deployment.stages) stage.turnedAway?.(req, refusal);
  refuseUnread(req, res, { refusal, headers });
}

function begin(exchange: Exchange, context: HandleContext): void {
  const { exchanges, counters } = context;
  exchange.live.enter();
  exchanges.add(exchange);
  counters.accepted += 1;
  exchange.res.on('close', () => {
    exchange.end();
    exchanges.delete(exchange);
    exchange.live.leave();
    context.ended();
  });
}

function stageEnds(deployment: Deployment, context: HandleContext): StageEnds {
  const extraHeaders = (exchange: Exchange) => {
    const cors = corsHeaders(exchange.live.plan, exchange.request.head.origin);
    return context.draining() ? [...cors, ...closing(context)] : cors;
  };
  const answer = (exchange: Exchange, refusal: Refusal, body: Uint8Array | undefined) => {
    noteRefusal(exchange, refusal, context);
    writeRefusal(exchange.res, { refusal, headers: extraHeaders(exchange), body });
  };
  const refused = (exchange: Exchange, refusal: Refusal) => {
    if (exchange.reading !== undefined) {
      answer(exchange, refusal, exchange.bytes);
      return;
    }
    noteRefusal(exchange, refusal, context);
    refuseUnread(exchange.req, exchange.res, { refusal, headers: extraHeaders(exchange) });
  };
  const { pseudonym, forwarding, log } = context;
  const failed = (exchange: Exchange, error: unknown) => {
    log({ type: 'failed', error });
    // Of what the way of a request depends on, pins alone are read from a store.
    refused(exchange, refuse(error instanceof StoreError ? 'pins-unavailable' : 'internal-error'));
  };
  const { surface, federation, authority, early, shared } = deployment;
  const finishing: FinishContext = {
    ...forwarding,
    pseudonym,
    extraHeaders,
    answer,
    failed,
    surface,
    federation,
    authority,
    early,
    shared,
  };
  return { finish: (exchange) => finish(exchange, finishing), refused, failed };
}

function noteRefusal(exchange: Exchange, refusal: Refusal, context: HandleContext): void {
  exchange.refusedFor = refusal.reason;
  context.counters.refused += 1;
  context.log({ type: 'refused', reason: refusal.reason, path: exchange.request.door.path });
}

function closing(context: HandleContext): readonly string[] {
  return context.draining() ? ['connection', 'close'] : [];
}

const LONGEST_LOGGED_PATH = 200;

/** Without the query: that is where keys end up. */
function pathOf(req: IncomingMessage): string {
  return (req.url ?? '').split('?', 1)[0]?.slice(0, LONGEST_LOGGED_PATH) ?? '';
}

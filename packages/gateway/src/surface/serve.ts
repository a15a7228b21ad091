import { encodeEvent, errorMessage, type RequestId, resultMessage } from '@switchyard/wire';
import type { Exchange } from '../exchange.ts';
import type { CallerContext } from '../forward/forward.ts';
import type { Message } from '../message/message.ts';
import { messageOf } from '../message/read-body.ts';
import type { LiveServer } from '../plan/live.ts';
import { isRefusal, type Refusal } from '../refusal.ts';
import { callersQuestion } from './question.ts';
import type { Said } from './said.ts';
import type { Surface } from './surface.ts';

/** What is asked of who may know the answer already. */
export interface EarlyParts {
  readonly exchange: Exchange;
  readonly server: LiveServer;
  readonly message: Message;
  /** The name that this instance signs `Via` with. */
  readonly pseudonym: string;
}

/** A whole answer, in pieces, none of them empty; `undefined` where it is not known. */
export type EarlyAnswer = readonly (string | Buffer)[] | undefined;

/** Who may know the answer to a request before anybody is asked: a cache. */
export interface EarlyAnswers {
  /** Whether it may know answers of that method of that server. */
  concerns(server: LiveServer, method: string): boolean;
  /** The answer as the caller may see it. */
  answer(parts: EarlyParts): EarlyAnswer | Promise<EarlyAnswer>;
}

/** What serving a surface needs. */
export interface ServeContext extends CallerContext {
  readonly surface: Surface;
  readonly early: EarlyAnswers | undefined;
  /** Something failed that must not; nothing of the error may reach the caller. */
  readonly failed: (exchange: Exchange, error: unknown) => void;
}

/** Answers an exchange with what the server says, as the caller may see it. */
export function serve(exchange: Exchange, server: LiveServer, context: ServeContext): void {
  messageOf(exchange)
    .then((message) => answer(message, { exchange, server, context }))
    .catch((error: unknown) => context.failed(exchange, error));
}

/** Writes what a server said as the answer to the request of that id. */
export function writeSaid(exchange: Exchange, said: Said, { id, headers }: WriteParts): void {
  const { res } = exchange;
  if (res.headersSent || res.destroyed) return;
  const { status, type, text, extra } = payloadOf(said, id);
  writeBytes(exchange, [text], { status, type, headers: [...extra, ...headers] });
}

/** What goes into an answer beside what the server said. */
export interface WriteParts {
  readonly id: RequestId;
  /** Further headers, as a flat list. */
  readonly headers: readonly string[];
}

// ---

interface Serving {
  readonly exchange: Exchange;
  readonly server: LiveServer;
  readonly context: ServeContext;
}

/** Returns a promise only where the answer is not at hand. */
function answer(message: Message | Refusal, serving: Serving): Promise<void> | undefined {
  const { exchange, server, context } = serving;
  if (exchange.ended) return undefined;
  if (isRefusal(message)) {
    context.answer(exchange, message, exchange.bytes);
    return undefined;
  }
  const { pseudonym, early } = context;
  const found = early?.answer({ exchange, server, message, pseudonym });
  if (found instanceof Promise) return found.then((known) => answerWith(known, message, serving));
  return answerWith(found, message, serving);
}

function answerWith(known: EarlyAnswer, message: Message, serving: Serving): Promise<void> | undefined {
  const { exchange, context } = serving;
  if (exchange.ended) return undefined;
  if (known === undefined) return ask(message, serving);
  writeBytes(exchange, known, { status: 200, type: JSON_TYPE, headers: context.extraHeaders(exchange) });
  return undefined;
}

async function ask(message: Message, { exchange, server, context }: Serving): Promise<void> {
  const abort = new AbortController();
  exchange.worker = { stop: () => abort.abort() };
  const { pseudonym, surface } = context;
  const parts = { exchange, server, pseudonym, signal: abort.signal };
  const said = await surface.ask(callersQuestion(message, parts));
  if (exchange.ended) return;
  if (isRefusal(said)) context.answer(exchange, said, exchange.bytes);
  else writeSaid(exchange, said, { id: message.request.id, headers: context.extraHeaders(exchange) });
}

interface Written {
  readonly status: number;
  readonly type: string;
  readonly headers: readonly string[];
}

function writeBytes(
  exchange: Exchange,
  pieces: readonly (string | Buffer)[],
  { status, type, headers }: Written,
): void {
  const { res } = exchange;
  let length = 0;
  for (const piece of pieces) {
    length += Buffer.byteLength(piece);
    if (exchange.tap !== undefined) exchange.passed(typeof piece === 'string' ? Buffer.from(piece) : piece);
  }
  res.writeHead(status, ['content-type', type, 'content-length', String(length), ...headers]);
  const last = pieces.length - 1;
  for (let i = 0; i < last; i++) res.write(pieces[i]);
  res.end(pieces[last]);
}

interface Payload {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  readonly extra: readonly string[];
}

const JSON_TYPE = 'application/json';

function payloadOf(said: Said, id: RequestId): Payload {
  if (said.kind === 'error') {
    const { status, error, headers } = said;
    return { status, type: JSON_TYPE, text: errorMessage(id, error), extra: headers };
  }
  const text = resultMessage(id, JSON.stringify(said.result));
  if (said.notifications.length === 0) return { status: 200, type: JSON_TYPE, text, extra: [] };
  const events = [...said.notifications, text].map((data) => encodeEvent({ data })).join('');
  return { status: 200, type: 'text/event-stream', text: events, extra: [] };
}

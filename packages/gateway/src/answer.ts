import type { IncomingMessage, ServerResponse } from 'node:http';
import { errorMessage, parseMessage, type RequestId } from '@switchyard/wire';
import { discard } from './forward/body.ts';
import type { Refusal } from './refusal.ts';

/** What goes into an answer of the gateway itself. */
export interface AnswerParts {
  readonly refusal: Refusal;
  /** Headers beside the refusal's own, as a flat list. */
  readonly headers: readonly string[];
  /** The body of the request, if it has been read. */
  readonly body?: Uint8Array | undefined;
}

const MOST_READ_FOR_ID = 64 * 1024;

/** Answers in the gateway's own name, with a JSON-RPC error that repeats the request's id if the body in hand has one. */
export function writeRefusal(res: ServerResponse, parts: AnswerParts): void {
  if (res.headersSent || res.destroyed) return;
  const { refusal, body } = parts;
  const id = refusal.echoId && body !== undefined ? idIn(body) : undefined;
  const text = errorMessage(id, refusal.rejection);
  res.writeHead(refusal.rejection.status, [
    ...['content-type', 'application/json', 'content-length', String(Buffer.byteLength(text))],
    ...refusal.headers,
    ...parts.headers,
  ]);
  res.end(text);
}

/**
 * Answers a request whose body has not been read yet. The body is read first where its id belongs in the answer and it is
 * small; otherwise it is thrown away, up to a bound.
 */
export function refuseUnread(req: IncomingMessage, res: ServerResponse, parts: AnswerParts): void {
  if (!parts.refusal.echoId) {
    writeRefusal(res, parts);
    discard(req, MOST_READ_FOR_ID);
    return;
  }
  const chunks: Buffer[] = [];
  let total = 0;
  req.on('data', (chunk: Buffer) => {
    if (total > MOST_READ_FOR_ID) return;
    total += chunk.length;
    chunks.push(chunk);
    if (total <= MOST_READ_FOR_ID) return;
    writeRefusal(res, parts);
    discard(req, MOST_READ_FOR_ID);
  });
  req.on('end', () => {
    if (total <= MOST_READ_FOR_ID) writeRefusal(res, { ...parts, body: Buffer.concat(chunks) });
  });
}

// ---

function idIn(body: Uint8Array): RequestId | undefined {
  const outcome = parseMessage(body, { maxBytes: MOST_READ_FOR_ID });
  if (outcome.kind === 'request') return outcome.message.id;
  return outcome.kind === 'error' ? outcome.id : undefined;
}

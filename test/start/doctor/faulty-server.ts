import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A message on its way, as a test meddles with it. */
export interface Exchange {
  readonly verb: string;
  readonly path: string;
  /** By lower-case name; may be changed. */
  readonly headers: Record<string, string>;
  readonly body: string;
  /** The message of the body; empty where it is none. */
  readonly message: Message;
}

/** A JSON-RPC message, as far as faults look at it. */
export interface Message {
  readonly method?: string;
  readonly id?: unknown;
  readonly params?: Record<string, unknown> & { readonly _meta?: Record<string, unknown> };
}

/** An answer that a fault gives, or changes. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  /** What is sent; an event each where the media type is that of a stream. */
  messages: unknown[];
}

/** One way to be wrong. */
export interface Fault {
  /** Answers by itself, without the server. */
  readonly instead?: (exchange: Exchange) => Partial<Answer> | undefined;
  /** Changes what goes to the server. */
  readonly before?: (exchange: Exchange) => { headers?: Record<string, string>; body?: string } | undefined;
  /** Changes what the server answers. */
  readonly after?: (answer: Answer, exchange: Exchange) => void;
}

/** No answer, ever. */
export const SILENCE: Answer = { status: 0, headers: {}, messages: [] };

/** A server that is right but for the fault that it is given. */
export interface FaultyServer {
  readonly url: string;
  fault: Fault;
  close(): void;
}

/** Puts faults in front of a server that is right. */
export async function faultyServer(upstream: string): Promise<FaultyServer> {
  const faulty: { fault: Fault } = { fault: {} };
  const server = createServer(async (incoming, outgoing) => {
    const answer = await answerTo(await read(incoming), faulty.fault, upstream);
    if (answer === SILENCE) return;
    const stream = answer.headers['content-type']?.startsWith('text/event-stream') === true;
    const texts = answer.messages.map((message) => JSON.stringify(message));
    const body = stream ? texts.map((text) => `data: ${text}\n\n`).join('') : (texts[0] ?? '');
    outgoing.writeHead(answer.status, answer.headers).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(faulty, {
    url: `http://127.0.0.1:${portOf(server)}/mcp`,
    close: () => void server.close(),
  });
}

/** A JSON answer. */
export function json(message: unknown, status = 200): Partial<Answer> {
  return { status, headers: { 'content-type': 'application/json' }, messages: [message] };
}

// ---

const portOf = (server: Server): number => (server.address() as AddressInfo).port; // it listens on a port

async function answerTo(exchange: Exchange, fault: Fault, upstream: string): Promise<Answer> {
  const own = fault.instead?.(exchange);
  if (own === SILENCE) return SILENCE;
  if (own !== undefined) return { status: 200, headers: {}, messages: [], ...own };
  const changed = fault.before?.(exchange) ?? {};
  const answer = await forward({ ...exchange, ...changed }, upstream);
  fault.after?.(answer, exchange);
  return answer;
}

async function read(incoming: IncomingMessage): Promise<Exchange> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  // One character a byte: what is not UTF-8 must arrive as it was sent.
  const body = Buffer.concat(chunks).toString('latin1');
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]),
  );
  return {
    verb: incoming.method ?? '',
    path: incoming.url ?? '',
    headers,
    body,
    message: parse(Buffer.concat(chunks).toString('utf8')),
  };
}

function forward({ verb, headers, body }: Exchange, upstream: string): Promise<Answer> {
  const { 'content-length': _, 'transfer-encoding': __, connection: ___, ...rest } = headers;
  const sent = Buffer.from(body, 'latin1');
  return new Promise((resolve, reject) => {
    const outgoing = request(upstream, {
      method: verb,
      headers: { ...rest, 'content-length': sent.length },
      agent: false,
    });
    outgoing.once('error', reject).once('response', (incoming) => {
      const { 'content-length': ____, 'transfer-encoding': _____, ...kept } = incoming.headers;
      const head = {
        status: incoming.statusCode ?? 0,
        headers: Object.fromEntries(Object.entries(kept).map(([name, value]) => [name, String(value)])),
      };
      const stream = head.headers['content-type']?.startsWith('text/event-stream') === true;
      let text = '';
      incoming.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        // A subscription does not end by itself: its first event is enough.
        if (stream && text.includes('subscriptions/acknowledged') && text.includes('\n\n')) {
          incoming.destroy();
          resolve({ ...head, messages: events(text) });
        }
      });
      incoming.once('end', () =>
        resolve({ ...head, messages: stream ? events(text) : text === '' ? [] : [parse(text)] }),
      );
    });
    outgoing.end(sent);
  });
}

function events(text: string): unknown[] {
  return text.split('\n').flatMap((line) => (line.startsWith('data: ') ? [JSON.parse(line.slice(6))] : []));
}

function parse(text: string): Message {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

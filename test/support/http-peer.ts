import { Agent, request as httpRequest } from 'node:http';
import { Readable } from 'node:stream';
import type { Server } from '@switchyard/server';
import type { HeaderBag, Message, RequestOptions } from './messages.ts';
import { headersOf, requestOf } from './messages.ts';
import type { Answer, HttpPeer, Opened, Peer, RawRequest } from './peer.ts';
import { answerOf, OpenedResponse } from './reading.ts';

/** Brings a request to a server and its answer back. */
export type Send = (raw: RawRequest) => Promise<Response>;

/** Hands each request to `fetch` of one of the servers, chosen at random. */
export function inMemory(servers: readonly Server[], random: () => number = () => 0): Send {
  return async ({ verb = 'POST', headers = {}, body, signal }) => {
    const server = servers[Math.floor(random() * servers.length)];
    if (server === undefined) throw new Error('There is no server.');
    const bag = new Headers();
    for (const [name, value] of Object.entries(headers))
      for (const one of [value].flat()) bag.append(name, one);
    const init = { method: verb, headers: bag, duplex: 'half' as const };
    const content = body === undefined ? {} : { body: body as BodyInit }; // text, bytes and streams are bodies
    const request = new Request('http://127.0.0.1/mcp', {
      ...init,
      ...content,
      ...(signal ? { signal } : {}),
    });
    return Promise.race([server.fetch(request), whenAborted(signal)]);
  };
}

/** Sends requests to a port, each on a connection of its own. */
export function overSocket(url: string): Send {
  const { hostname, port, pathname } = new URL(url);
  return ({ verb = 'POST', headers = {}, body, signal }) =>
    new Promise((resolve, reject) => {
      const options = {
        hostname,
        port,
        path: pathname,
        method: verb,
        agent: new Agent({ keepAlive: false }),
      };
      const request = httpRequest({ ...options, ...(signal ? { signal } : {}) });
      for (const [name, value] of Object.entries(headers)) {
        request.setHeader(name, typeof value === 'string' ? value : [...value]);
      }
      request.on('error', reject);
      request.on('response', (incoming) => {
        const bag = new Headers();
        for (const [name, values] of Object.entries(incoming.headersDistinct)) {
          for (const value of values ?? []) bag.append(name, value);
        }
        // Node's own types of web streams and those of the DOM library describe the same thing.
        const stream = Readable.toWeb(incoming) as ReadableStream<Uint8Array>;
        const status = incoming.statusCode ?? 0;
        const empty = status === 204 || status === 304;
        resolve(new Response(empty ? null : stream, { status, headers: bag }));
      });
      if (body instanceof ReadableStream) Readable.fromWeb(body as never).pipe(request);
      else request.end(body);
    });
}

/** A client over HTTP, whatever brings its requests to the servers. */
export function httpPeer(send: Send, rest: Omit<Peer, 'call' | 'open'>): HttpPeer {
  return {
    ...rest,
    send,
    call: (method, params, options) => call(send, requestOf(method, params, options), options),
    open: (method, params, options) => open(send, requestOf(method, params, options), options),
    async post(body, headers = {}) {
      return answerOf(await send({ headers, body }), methodOf(body));
    },
  };
}

async function call(send: Send, message: Message, options: RequestOptions = {}): Promise<Answer> {
  const response = await send({ ...rawOf(message, options), signal: options.signal });
  return answerOf(response, message.method ?? '');
}

async function open(send: Send, message: Message, options: RequestOptions = {}): Promise<Opened> {
  const leaving = new AbortController();
  options.signal?.addEventListener('abort', () => leaving.abort());
  const response = await send({ ...rawOf(message, options), signal: leaving.signal });
  return new OpenedResponse(response, message.method ?? '', () => {
    leaving.abort();
    // A host cancels what it can no longer deliver; where a reader holds the stream, the abort does the same.
    if (response.body !== null && !response.body.locked) void response.body.cancel();
  });
}

function rawOf(
  message: Message,
  options: RequestOptions,
): { readonly headers: HeaderBag; readonly body: string } {
  return { headers: headersOf(message, options), body: JSON.stringify(message) };
}

function methodOf(body: string | Uint8Array): string {
  try {
    const parsed: Message = JSON.parse(typeof body === 'string' ? body : Buffer.from(body).toString());
    return typeof parsed?.method === 'string' ? parsed.method : '';
  } catch {
    return '';
  }
}

function whenAborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    const fail = (): void => reject(new DOMException('The client has left.', 'AbortError'));
    if (signal?.aborted === true) fail();
    signal?.addEventListener('abort', fail);
  });
}

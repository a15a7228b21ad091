import { request } from 'node:http';

/** A JSON-RPC response as a test reads it. */
export interface Answer {
  readonly status: number;
  readonly message: {
    readonly result?: Record<string, unknown>;
    readonly error?: { readonly code: number; readonly message: string };
  };
}

/** Params of a request; `_meta` is added to. */
export type Params = Readonly<Record<string, unknown>>;

/** The text of a request of this revision. */
export function requestText(method: string, params: Params = {}, id: number | string = 1): string {
  const _meta = {
    ...asObject(params['_meta']),
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  return JSON.stringify({ jsonrpc: '2.0', id, method, params: { ...params, _meta } });
}

/** Sends a request on a connection of its own; resolves with what comes, as it comes. */
export function send(url: string, method: string, params: Params = {}): Promise<Incoming> {
  const body = requestText(method, params);
  const name = params['name'] ?? params['uri'];
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'content-length': Buffer.byteLength(body),
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': method,
    ...(typeof name === 'string' ? { 'mcp-name': name } : {}),
  };
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      const ended = new Promise<void>((done, broken) => response.once('end', done).once('error', broken));
      // Who does not wait for the end does not hear of it.
      ended.catch(() => undefined);
      resolve({ status: response.statusCode ?? 0, text: () => text, ended });
    });
    sent.once('error', reject).end(body);
  });
}

/** A response that is arriving. */
export interface Incoming {
  readonly status: number;
  text(): string;
  /** Resolves at its proper end; rejects where it breaks off. */
  readonly ended: Promise<void>;
}

/** Sends a request and reads its whole answer, a stream's last message included. */
export async function ask(url: string, method: string, params: Params = {}): Promise<Answer> {
  const incoming = await send(url, method, params);
  await incoming.ended;
  const text = incoming.text();
  const events = text.split('\n').filter((line) => line.startsWith('data: '));
  return {
    status: incoming.status,
    message: JSON.parse(events.at(-1)?.slice('data: '.length) ?? text) as Answer['message'],
  }; // a test's own server
}

/** The text that a tool answers with. */
export async function textOf(url: string, name: string, args: object = {}): Promise<string> {
  const { message } = await ask(url, 'tools/call', { name, arguments: args });
  const [first] = (message.result?.['content'] ?? []) as { text: string }[]; // a text is what these tools return
  return first?.text ?? JSON.stringify(message);
}

const asObject = (value: unknown): object => (typeof value === 'object' && value !== null ? value : {});

import { PassThrough } from 'node:stream';
import type { Server } from '@switchyard/server';
import { serveStdio } from '@switchyard/server/stdio';
import { checkMessage } from './checks.ts';
import { until } from './environment.ts';
import type { Message } from './messages.ts';
import { META_SUBSCRIPTION, requestOf } from './messages.ts';
import type { Opened, Peer } from './peer.ts';
import { toAnswer } from './reading.ts';

/** A client at the other end of two pipes. */
export interface StdioPeer extends Peer {
  /** Writes one line as it stands. */
  write(line: string | Uint8Array): void;
  /** Every message that the server has written so far. */
  readonly received: readonly Message[];
  /** Every line that the server has written so far, as it stands. */
  readonly lines: readonly string[];
  /** Closes the server's input and waits for its end. */
  end(): Promise<void>;
}

/** Connects a server to a client over pipes. */
export function stdioPeer(server: Server, rest: Omit<Peer, 'call' | 'open'>): StdioPeer {
  const input = new PassThrough();
  const output = new PassThrough();
  const { closed } = serveStdio(server, { input, output });
  const lines: string[] = [];
  const received: Message[] = [];
  const methods = new Map<unknown, string>();
  let unfinished = '';
  output.setEncoding('utf8').on('data', (text: string) => {
    const parts = (unfinished + text).split('\n');
    unfinished = parts.pop() ?? '';
    for (const line of parts) {
      lines.push(line);
      received.push(JSON.parse(line));
    }
  });
  const start: Peer['open'] = async (method, params, options) => {
    const request = requestOf(method, params, options);
    methods.set(request.id, method);
    const from = received.length;
    const cancel = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: request.id } };
    input.write(`${JSON.stringify(request)}\n`);
    options?.signal?.addEventListener('abort', () => input.write(`${JSON.stringify(cancel)}\n`));
    return new OpenedLines({
      received,
      from,
      request,
      leave: () => input.write(`${JSON.stringify(cancel)}\n`),
    });
  };
  return {
    ...rest,
    received,
    lines,
    open: start,
    async call(method, params, options) {
      const from = lines.length;
      const messages = await (await start(method, params, options)).rest();
      return toAnswer({ status: 200, headers: new Headers() }, lines.slice(from).join('\n'), messages);
    },
    write: (line) => void input.write(line),
    async end() {
      input.end();
      await closed;
    },
  };
}

interface Source {
  readonly received: readonly Message[];
  readonly from: number;
  readonly request: Message;
  readonly leave: () => void;
}

/** What a shared channel carries for one request. */
class OpenedLines implements Opened {
  readonly status = 200;
  readonly headers: Headers = new Headers();
  readonly #source: Source;
  #at: number;
  #ended = false;

  constructor(source: Source) {
    this.#source = source;
    this.#at = source.from;
  }

  async next(): Promise<Message> {
    if (this.#ended) throw new Error('The answer has ended.');
    const { received, request } = this.#source;
    let found: Message | undefined;
    await until(() => {
      while (found === undefined && this.#at < received.length) {
        const message = received[this.#at];
        this.#at += 1;
        if (message !== undefined && concerns(message, request)) found = message;
      }
      return found !== undefined;
    });
    checkMessage(found ?? {}, request.method ?? '');
    this.#ended = found?.method === undefined;
    return found ?? {};
  }

  async rest(): Promise<readonly Message[]> {
    const messages: Message[] = [];
    while (!this.#ended) messages.push(await this.next());
    return messages;
  }

  async broken(): Promise<boolean> {
    return false;
  }

  leave(): void {
    this.#source.leave();
  }
}

function concerns({ id, method, params = {} }: Message, request: Message): boolean {
  if (method === undefined) return id === request.id || id === undefined;
  const meta = request.params?.['_meta'] as Record<string, unknown>; // as `requestOf` made it
  if (method === 'notifications/progress') return params['progressToken'] === meta['progressToken'];
  if (method === 'notifications/cancelled') return params['requestId'] === request.id;
  const subscription = (params['_meta'] as Record<string, unknown> | undefined)?.[META_SUBSCRIPTION]; // an object, if any
  return method === 'notifications/message' ? subscription === undefined : subscription === request.id;
}

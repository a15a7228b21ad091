import type { Exchange, MessageStream, RequestContext, Server } from '@switchyard/server';
import { createServer } from '@switchyard/server';
import { describe, expect, it } from 'vitest';
import { FakeEnvironment, turn } from '../../support/environment.ts';
import type { HttpWay } from '../../support/matrix.ts';
import { everywhere, overHttp } from '../../support/matrix.ts';
import type { RequestOptions } from '../../support/messages.ts';
import { headersOf, requestOf } from '../../support/messages.ts';

/** A front of a test's own: what the core does with it can be counted. */
class OwnExchange implements Exchange {
  readonly transport = 'http';
  readonly verb = 'POST';
  readonly log: string[] = [];
  readonly #headers: Readonly<Record<string, string | readonly string[]>>;
  keepsUp = true;
  gone: () => void = () => undefined;

  constructor(headers: Readonly<Record<string, string | readonly string[]>>) {
    this.#headers = { host: 'localhost', ...headers };
  }

  header(name: string): string | undefined {
    const value = this.#headers[name];
    return typeof value === 'string' ? value : undefined;
  }

  alsoSend(): void {}

  reply({ status }: { readonly status: number }): void {
    this.log.push(`reply ${status}`);
  }

  stream(): MessageStream {
    this.log.push('stream');
    const { log } = this;
    const keepsUp = (): boolean => this.keepsUp;
    return {
      get keepsUp() {
        return keepsUp();
      },
      send(json) {
        log.push(`send ${JSON.parse(json).method}`);
        return keepsUp();
      },
      keepAlive: () => log.push('keep alive'),
      end: (json) => log.push(json === undefined ? 'end' : 'end with a message'),
      abort: () => log.push('abort'),
    };
  }

  abandon(): void {
    this.log.push('abandon');
  }

  onDisconnect(callback: () => void): void {
    this.gone = callback;
  }
}

/** Serves one request on an exchange of our own. */
async function served(server: Server, exchange: OwnExchange, body: string): Promise<void> {
  const walk = await server.core.open(exchange);
  if (walk !== undefined) await server.core.serve(walk, body);
}

function calling(
  handler: (ctx: RequestContext, exchange: OwnExchange) => unknown,
  options: RequestOptions = {},
) {
  const server = createServer(
    { name: 'exchange', version: '1.0.0' },
    { environment: new FakeEnvironment(), logging: true, onWarning: () => undefined },
  );
  const message = requestOf('tools/call', { name: 't' }, { progressToken: 1, logLevel: 'debug', ...options });
  const exchange = new OwnExchange(headersOf(message));
  // What handlers may return is not what these cases are about.
  server.registerTool('t', {}, (ctx) => handler(ctx, exchange) as Promise<string>);
  return { server, exchange, done: served(server, exchange, JSON.stringify(message)) };
}

describe('an exchange', () => {
  it('gets one reply, and no stream where nothing was sent before it', async () => {
    const { exchange, done } = calling(() => 'x');
    await done;
    expect(exchange.log).toEqual(['reply 200']);
  });

  it('gets one stream where something was, and its end is the last of it', async () => {
    let late: () => void = () => undefined;
    const { exchange, done } = calling(async (ctx) => {
      late = () => ctx.progress(9);
      ctx.progress(1);
      await turn();
      ctx.log('info', 'x');
      return 'x';
    });
    await done;
    late();
    expect(exchange.log).toEqual([
      'stream',
      'send notifications/progress',
      'send notifications/message',
      'end with a message',
    ]);
  });

  it('is given up without a word once the caller has gone', async () => {
    let aborted = false;
    const { exchange, done } = calling(async ({ signal }, own) => {
      signal.addEventListener('abort', () => {
        aborted = true;
      });
      await turn();
      own.gone();
      return 'x';
    });
    await done;
    expect(exchange.log).toEqual(['abandon']);
    expect(aborted).toBe(true);
  });

  it('is broken off once the caller of a stream has gone', async () => {
    const { exchange, done } = calling(async (ctx, own) => {
      ctx.progress(1);
      await turn();
      own.gone();
      ctx.progress(2);
      throw new Error('stopped');
    });
    await done;
    expect(exchange.log).toEqual(['stream', 'send notifications/progress', 'abort']);
  });

  it('holds no notifications for a reader who does not keep up, but the result', async () => {
    const { exchange, done } = calling(async (ctx, own) => {
      ctx.progress(1);
      own.keepsUp = false;
      for (let index = 2; index < 50; index += 1) ctx.log('info', 'x'.repeat(1000));
      ctx.progress(2);
      own.keepsUp = true;
      ctx.progress(3);
      return 'x';
    });
    await done;
    expect(exchange.log).toEqual([
      'stream',
      'send notifications/progress',
      'send notifications/progress',
      'end with a message',
    ]);
  });
});

everywhere('a handler that goes on after its result', (start, way) => {
  it('sends nothing more, also where it had sent nothing before [PROG-008] [STDIO-005] [HTTP-016]', async () => {
    let late: (() => void) | undefined;
    const peer = await start((options) => {
      const server = createServer({ name: 'late', version: '1.0.0' }, { ...options, logging: true });
      server.registerTool('t', {}, (ctx) => {
        late = () => {
          ctx.progress(1);
          ctx.log('emergency', 'late');
        };
        return 'x';
      });
      return server;
    });
    const answer = await peer.call('tools/call', { name: 't' }, { progressToken: way, logLevel: 'debug' });
    expect(late).not.toThrow();
    await turn();
    expect(answer.messages).toHaveLength(1);
    const next = await peer.call(
      'tools/call',
      { name: 't' },
      { progressToken: way, logLevel: 'debug', id: 2 },
    );
    expect(next.messages).toHaveLength(1);
  });
});

overHttp('a posted notification', (start, way: HttpWay) => {
  it('is refused where its headers say otherwise, without an id [HTTP-008] [BASE-019]', async () => {
    const peer = await start((options) => createServer({ name: way, version: '1.0.0' }, options));
    const body = JSON.stringify({
      jsonrpc: '2.0',
      method: 'notifications/cancelled',
      params: { requestId: 1 },
    });
    const headers = { 'content-type': 'application/json' };
    const version = 'mcp-protocol-version';
    for (const good of [{}, { 'mcp-method': 'notifications/cancelled', [version]: '2026-07-28' }]) {
      const accepted = await peer.post(body, { ...headers, ...good });
      expect([accepted.status, accepted.text]).toEqual([202, '']);
    }
    const other = await peer.post(body, { ...headers, 'mcp-method': 'tools/call' });
    expect(other).toMatchObject({ status: 400, code: -32020 });
    const old = await peer.post(body, { ...headers, [version]: '2025-06-18' });
    expect(old).toMatchObject({ status: 400, code: -32022 });
    for (const { response } of [other, old]) expect(response).not.toHaveProperty('id');
  });
});

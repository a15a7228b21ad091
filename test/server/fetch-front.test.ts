import type { Server, ServerOptions } from '@switchyard/server';
import { createServer, memoryBus } from '@switchyard/server';
import { describe, expect, it } from 'vitest';
import { turn, until } from '../support/environment.ts';
import type { RequestOptions } from '../support/messages.ts';
import { headersOf, requestOf } from '../support/messages.ts';

function serverWith(define: (server: Server) => unknown, options: ServerOptions = {}): Server {
  const server = createServer({ name: 'fetch', version: '1.0.0' }, { onError: () => undefined, ...options });
  define(server);
  return server;
}

function post(
  method: string,
  params: Readonly<Record<string, unknown>> = {},
  { body, ...options }: RequestOptions & { readonly body?: BodyInit } = {},
): Request {
  const message = requestOf(method, params, options);
  // One value each.
  const headers = headersOf(message, options) as Record<string, string>;
  const init = { method: 'POST', headers, body: body ?? JSON.stringify(message), duplex: 'half' as const };
  return new Request('http://127.0.0.1/mcp', options.signal ? { ...init, signal: options.signal } : init);
}

describe('fetch', () => {
  it('settles though the caller leaves before the answer, and tells the handler', async () => {
    let reason: unknown;
    let entered = 0;
    const server = serverWith((made) =>
      made.registerTool('slow', {}, async ({ signal }) => {
        entered += 1;
        await new Promise((resolve) => {
          signal.addEventListener('abort', resolve);
        });
        reason = signal.reason;
        return 'x';
      }),
    );
    const leaving = new AbortController();
    const answer = server.fetch(post('tools/call', { name: 'slow' }, { signal: leaving.signal }));
    await until(() => entered === 1);
    leaving.abort();
    const response = await answer;
    expect(response.body).toBeNull();
    expect(String(reason)).toContain('gone');
    expect(server.core.runtime.inFlight.count).toBe(0);
  });

  it('tells a handler at once of a caller who had left before', async () => {
    let aborted: boolean | undefined;
    const server = serverWith((made) =>
      made.registerTool('t', {}, async ({ signal }) => {
        await turn();
        aborted = signal.aborted;
        return 'x';
      }),
    );
    await server.fetch(post('tools/call', { name: 't' }, { signal: AbortSignal.abort() }));
    expect(aborted).toBe(true);
  });

  it('settles though the body breaks off', async () => {
    const server = serverWith((made) => made.registerTool('t', {}, () => 'x'));
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.error(new Error('reset'));
      },
    });
    const response = await server.fetch(post('tools/call', { name: 't' }, { body }));
    expect(response.body).toBeNull();
    expect(server.core.runtime.inFlight.count).toBe(0);
  });

  it('reads no more of a body without a length than the limit', async () => {
    const server = serverWith((made) => made.registerTool('t', {}, () => 'x'), {
      limits: { bodyBytes: 1000 },
    });
    let pulled = 0;
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          pulled += 1;
          controller.enqueue(new Uint8Array(300));
        },
      },
      { highWaterMark: 0 },
    );
    const response = await server.fetch(post('tools/call', { name: 't' }, { body }));
    expect(response.status).toBe(413);
    expect(pulled).toBeLessThan(10);
  });

  it('takes the host of the URL where no header names one, and holds it to the policy', async () => {
    const server = serverWith((made) => made.registerTool('t', {}, () => 'x'));
    const good = post('tools/list');
    expect((await server.fetch(good)).status).toBe(200);
    const { headers } = post('tools/list');
    const evil = new Request('http://evil.example/mcp', { method: 'POST', headers, body: '{}' });
    expect((await server.fetch(evil)).status).toBe(403);
    headers.set('host', 'evil.example');
    const posing = new Request('http://127.0.0.1/mcp', { method: 'POST', headers, body: '{}' });
    expect((await server.fetch(posing)).status).toBe(403);
  });

  it('frees a subscription whose stream its host has cancelled', async () => {
    const server = serverWith((made) => made.registerTool('t', {}, () => 'x'));
    const response = await server.fetch(post('subscriptions/listen', { notifications: {} }));
    const reader = response.body?.getReader();
    await reader?.read();
    expect(server.core.runtime.hub.size).toBe(1);
    await reader?.cancel();
    expect(server.core.runtime.hub.size).toBe(0);
    await server.close();
  });
});

describe('a bus', () => {
  it.each<[string, () => void | Promise<void>]>([
    [
      'at once',
      () => {
        throw new Error('down');
      },
    ],
    ['later', () => Promise.reject(new Error('down'))],
  ])('that fails %s is reported, and stops neither who notifies nor the server', async (_when, publish) => {
    const errors: unknown[] = [];
    const bus = { publish, subscribe: () => () => undefined };
    const server = serverWith((made) => made.registerTool('t', {}, () => 'x'), {
      bus,
      onError: (error, { where }) => errors.push([String(error), where]),
    });
    await server.ready();
    server.notify.resourceUpdated('a:b');
    server.registerTool('u', {}, () => 'x');
    await server.ready();
    await turn();
    expect(errors).toEqual(Array(2).fill(['Error: down', 'publishing an event']));
    expect((await server.fetch(post('tools/list'))).status).toBe(200);
  });

  it('may deliver while it is subscribed to: a caller lost over that is not kept', async () => {
    const inner = memoryBus();
    let unsubscribed = 0;
    const server = serverWith((made) => made.registerTool('t', {}, () => 'x'), {
      bus: {
        publish: inner.publish,
        subscribe(subscription) {
          for (let index = 0; index < 40; index += 1) {
            const params = { text: 'x'.repeat(50_000) };
            subscription.listener({ topic: 'tools', method: 'notifications/tools/list_changed', params });
          }
          return () => {
            unsubscribed += 1;
          };
        },
      },
    });
    const response = await server.fetch(
      post('subscriptions/listen', { notifications: { toolsListChanged: true } }),
    );
    await expect(response.text()).rejects.toThrow();
    expect(server.core.runtime.hub.size).toBe(0);
    expect(unsubscribed).toBe(1);
    await server.close();
  });
});

import type { RequestContext } from '@switchyard/server';
import { createServer } from '@switchyard/server';
import { expect, it } from 'vitest';
import { turn, until } from '../../support/environment.ts';
import type { BaseOptions } from '../../support/matrix.ts';
import { everywhere, overHttp, overStdio } from '../../support/matrix.ts';

/** What a test sees of handlers that wait. */
class Handlers {
  readonly contexts: RequestContext[] = [];
  readonly #finish: ((text: string) => void)[] = [];

  /** Builds a server whose tool `wait` waits until it is told to finish, and whose tool `quick` does not. */
  readonly build = (options: BaseOptions) => {
    const server = createServer({ name: 'cancellation', version: '1.0.0' }, options);
    server.registerTool('wait', {}, (ctx) => {
      this.contexts.push(ctx);
      return new Promise<string>((resolve) => this.#finish.push(resolve));
    });
    server.registerTool('quick', {}, () => 'quick');
    return server;
  };

  async started(count = 1): Promise<RequestContext> {
    await until(() => this.contexts.length >= count);
    const ctx = this.contexts[count - 1];
    if (ctx === undefined) throw new Error('No handler has started.');
    return ctx;
  }

  finish(text = 'late'): void {
    for (const finish of this.#finish.splice(0)) finish(text);
  }
}

everywhere('cancellation', (start, way) => {
  it('tells the handler, and nothing more is sent [CANCEL-003] [CANCEL-010] [CANCEL-012] [HTTP-014] [HTTP-015] [HTTP-016] [STDIO-004] [STDIO-005]', async () => {
    const handlers = new Handlers();
    const peer = await start(handlers.build);
    const opened = peer.open(
      'tools/call',
      { name: 'wait' },
      { progressToken: 'p', logLevel: 'debug', ...leaving() },
    );
    opened.catch(() => undefined);
    const ctx = await handlers.started();
    const { signal } = ctx;
    expect(signal.aborted).toBe(false);
    leave();
    await until(() => signal.aborted);
    ctx.progress(1);
    handlers.finish();
    await turn();
    const after = await peer.call('tools/call', { name: 'quick' }, { id: 2 });
    expect(after.messages).toHaveLength(1);
    if (way === 'stdio') expect(after.text.split('\n')).toHaveLength(1);
  });

  it('frees what the request held [CANCEL-011]', async () => {
    const handlers = new Handlers();
    const peer = await start(handlers.build);
    peer.open('tools/call', { name: 'wait' }, leaving()).catch(() => undefined);
    const { signal } = await handlers.started();
    const busy = () => peer.servers.reduce((sum, { core }) => sum + core.runtime.inFlight.count, 0);
    expect(busy()).toBe(1);
    leave();
    await until(() => signal.aborted);
    handlers.finish();
    await until(() => busy() === 0);
  });

  it('does not disturb what was answered already, nor what comes next [CANCEL-013]', async () => {
    const handlers = new Handlers();
    const peer = await start(handlers.build);
    const controller = new AbortController();
    const answer = await peer.call('tools/call', { name: 'quick' }, { id: 1, signal: controller.signal });
    controller.abort();
    await turn();
    const next = await peer.call('tools/call', { name: 'quick' }, { id: 1 });
    expect([answer.result, next.result]).toMatchObject([
      { resultType: 'complete' },
      { resultType: 'complete' },
    ]);
  });

  it('comes of itself when the time is up, progress or not [CANCEL-007]', async () => {
    const handlers = new Handlers();
    const peer = await start((options) => handlers.build({ ...options, limits: { operationMs: 5000 } }));
    const opening = peer.open('tools/call', { name: 'wait' }, { progressToken: 'p' });
    const ctx = await handlers.started();
    ctx.progress(1);
    const opened = await opening;
    peer.environment.advance(4000);
    ctx.progress(2);
    expect(ctx.signal.aborted).toBe(false);
    peer.environment.advance(2000);
    expect(ctx.signal.aborted).toBe(true);
    expect((await opened.rest()).at(-1)?.error?.code).toBe(-32603);
    handlers.finish();
  });

  let leave: () => void;
  const leaving = () => {
    const controller = new AbortController();
    leave = () => controller.abort();
    return { signal: controller.signal };
  };
});

overHttp('a posted cancellation', (start) => {
  it('is accepted and cancels nothing: the disconnect does [HTTP-007] [CANCEL-015]', async () => {
    const handlers = new Handlers();
    const peer = await start(handlers.build);
    const waiting = peer.call('tools/call', { name: 'wait' }, { id: 1 });
    const { signal } = await handlers.started();
    const body = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } };
    const answer = await peer.post(JSON.stringify(body), { 'content-type': 'application/json' });
    expect([answer.status, answer.text]).toEqual([202, '']);
    expect(signal.aborted).toBe(false);
    handlers.finish('in time');
    expect((await waiting).result).toMatchObject({ content: [{ text: 'in time' }] });
  });
});

overStdio('a cancellation', (start) => {
  it('gives its reason to the handler, cleaned and cut [CANCEL-014]', async () => {
    const handlers = new Handlers();
    const peer = await start(handlers.build);
    await peer.open('tools/call', { name: 'wait' }, { id: 1 });
    const { signal } = await handlers.started();
    const params = { requestId: 1, reason: `no\u0007 time ${'x'.repeat(1000)}` };
    peer.write(`${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params })}\n`);
    await until(() => signal.aborted);
    expect(String(signal.reason)).toMatch(/cancelled the request: no {2}time x{191}$/);
    handlers.finish();
  });

  it.each([
    ['an unknown request', { requestId: 99 }],
    ['the same id as text', { requestId: '1' }],
    ['no request', {}],
    ['a fraction', { requestId: 1.5 }],
    ['nothing', undefined],
    ['an object', { requestId: { id: 1 } }],
  ])('that names %s is ignored [CANCEL-015] [BASE-019]', async (_what, params) => {
    const handlers = new Handlers();
    const peer = await start(handlers.build);
    const waiting = await peer.open('tools/call', { name: 'wait' }, { id: 1 });
    const { signal } = await handlers.started();
    peer.write(`${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params })}\n`);
    await peer.call('tools/call', { name: 'quick' }, { id: 2 });
    expect(signal.aborted).toBe(false);
    handlers.finish('kept on');
    expect((await waiting.rest()).at(-1)?.result).toMatchObject({ content: [{ text: 'kept on' }] });
    expect(peer.received).toHaveLength(2);
  });

  it('that crosses the answer, comes twice, or comes before its request does no harm [CANCEL-013] [CANCEL-015]', async () => {
    const handlers = new Handlers();
    const peer = await start(handlers.build);
    const cancel = `${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 5 } })}\n`;
    peer.write(cancel);
    expect((await peer.call('tools/call', { name: 'quick' }, { id: 5 })).result).toMatchObject({
      resultType: 'complete',
    });
    peer.write(cancel + cancel);
    expect((await peer.call('tools/call', { name: 'quick' }, { id: 6 })).messages).toHaveLength(1);
    expect(peer.received).toHaveLength(2);
  });
});

import type { RequestContext } from '@switchyard/server';
import { createServer } from '@switchyard/server';
import { describe, expect, it } from 'vitest';
import type { BaseOptions } from '../../support/matrix.ts';
import { everywhere } from '../../support/matrix.ts';

/** Builds a server with one tool, `work`. */
const working = (handler: (ctx: RequestContext) => string | Promise<string>) => (options: BaseOptions) => {
  const server = createServer({ name: 'progress', version: '1.0.0' }, options);
  server.registerTool('work', {}, (ctx) => handler(ctx));
  return server;
};

const progressOf = (messages: readonly { readonly params?: Readonly<Record<string, unknown>> }[]) =>
  messages.map(({ params }) => params?.['progress']);

everywhere('progress', (start) => {
  it.each([0, '', 7, 'seven'])('echoes the token %j with its type [PROG-001]', async (progressToken) => {
    const peer = await start(
      working((ctx) => {
        ctx.progress(1, 2, 'half');
        return 'done';
      }),
    );
    const answer = await peer.call('tools/call', { name: 'work' }, { progressToken });
    expect(answer.notifications.map(({ method, params }) => ({ method, params }))).toEqual([
      { method: 'notifications/progress', params: { progressToken, progress: 1, total: 2, message: 'half' } },
    ]);
  });

  it.each([1.5, true, {}, ['a'], null])('refuses the token %j [PROG-001]', async (progressToken) => {
    const peer = await start(working(() => 'done'));
    const answer = await peer.call('tools/call', { name: 'work' }, { progressToken });
    expect(answer.code).toBe(-32602);
  });

  it('sends none without a token [PROG-004]', async () => {
    const peer = await start(
      working((ctx) => {
        ctx.progress(1);
        return 'done';
      }),
    );
    const answer = await peer.call('tools/call', { name: 'work' });
    expect(answer.messages).toHaveLength(1);
  });

  it('sends only what grows [PROG-002]', async () => {
    const peer = await start(
      working((ctx) => {
        for (const value of [0, 1, 1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 1.5, 2]) ctx.progress(value);
        return 'done';
      }),
    );
    const answer = await peer.call('tools/call', { name: 'work' }, { progressToken: 'p' });
    expect(progressOf(answer.notifications)).toEqual([0, 1, 1.5, 2]);
  });

  it('goes only to the request it belongs to [PROG-004] [PROG-006] [HTTP-010]', async () => {
    const peer = await start((options) => {
      const server = createServer({ name: 'progress', version: '1.0.0' }, options);
      for (const name of ['left', 'right']) {
        server.registerTool(name, {}, async (ctx) => {
          for (let i = 1; i <= 3; i += 1) {
            ctx.progress(i);
            await Promise.resolve();
          }
          return name;
        });
      }
      return server;
    });
    const [left, right] = await Promise.all([
      peer.open('tools/call', { name: 'left' }, { id: 1, progressToken: 'L' }),
      peer.open('tools/call', { name: 'right' }, { id: 2, progressToken: 'R' }),
    ]);
    const tokens = async (opened: typeof left) =>
      (await opened.rest()).flatMap(({ params }) => (params === undefined ? [] : [params['progressToken']]));
    expect(await tokens(left)).toEqual(['L', 'L', 'L']);
    expect(await tokens(right)).toEqual(['R', 'R', 'R']);
  });

  it('stops with the result, whatever a handler goes on to report [PROG-005] [PROG-008] [HTTP-012]', async () => {
    const kept: RequestContext[] = [];
    const peer = await start(
      working((ctx) => {
        kept.push(ctx);
        ctx.progress(1);
        return 'done';
      }),
    );
    const opened = await peer.open('tools/call', { name: 'work' }, { progressToken: 'p' });
    const messages = await opened.rest();
    for (const ctx of kept) ctx.progress(2);
    const after = await peer.call('tools/call', { name: 'work' }, { id: 2, progressToken: 'q' });
    expect(progressOf(messages).slice(0, -1)).toEqual([1]);
    expect(messages.at(-1)?.result).toMatchObject({ resultType: 'complete' });
    expect(progressOf(after.notifications)).toEqual([1]);
  });

  it('limits how many go out in a second [PROG-007]', async () => {
    const peer = await start((options) =>
      working((ctx) => {
        for (let i = 1; i <= 50; i += 1) ctx.progress(i);
        options.environment.advance(1000);
        for (let i = 51; i <= 60; i += 1) ctx.progress(i);
        return 'done';
      })({ ...options, limits: { notificationsPerSecond: 3 } }),
    );
    const answer = await peer.call('tools/call', { name: 'work' }, { progressToken: 'p' });
    expect(progressOf(answer.notifications)).toEqual([1, 2, 3, 51, 52, 53]);
  });
});

describe('a caller that takes no event stream', () => {
  it('gets the result alone [HTTP-009]', async () => {
    const server = createServer({ name: 'progress', version: '1.0.0' });
    server.registerTool('work', {}, (ctx) => {
      ctx.progress(1);
      return 'done';
    });
    const { headersOf, requestOf } = await import('../../support/messages.ts');
    const message = requestOf('tools/call', { name: 'work' }, { progressToken: 'p' });
    // Each header is one text here.
    const headers = { ...headersOf(message), accept: 'application/json' } as Record<string, string>;
    const init = { method: 'POST', headers, body: JSON.stringify(message) };
    const response = await server.fetch(new Request('http://localhost/mcp', init));
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.json()).toMatchObject({ result: { content: [{ text: 'done' }] } });
  });
});

import type { DetachedRun, Extension, ExtensionHost, Server } from '@switchyard/server';
import { anonymous, createServer, ProtocolError, ToolError } from '@switchyard/server';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { overHttp } from '../../support/matrix.ts';

const ID = 'com.example/things';
const REQUEST = { id: 'call', protocolVersion: '2026-07-28', principal: anonymous, meta: {} };

/** A server with an extension that keeps what it may do. */
async function hosted(define: (server: Server) => unknown, extension: Partial<Extension> = {}) {
  const errors: unknown[] = [];
  const hosts: ExtensionHost[] = [];
  const server = createServer(
    { name: 'hosted', version: '1.0.0' },
    { onError: (error) => errors.push(error) },
  );
  server.registerExtension({ id: ID, served: (host) => hosts.push(host), ...extension });
  define(server);
  await server.ready();
  const host = () => {
    const last = hosts.at(-1);
    if (last === undefined) throw new Error('Nothing has been served.');
    return last;
  };
  return { server, host, hosts, errors };
}

/** A run that keeps steps, gives prepared answers, and notes progress. */
class Script implements DetachedRun {
  readonly log: unknown[] = [];
  readonly #answers: unknown[];

  constructor(...answers: unknown[]) {
    this.#answers = answers;
  }

  async step(name: string, work: () => unknown): ReturnType<DetachedRun['step']> {
    this.log.push(['step', name]);
    return (await work()) as Awaited<ReturnType<DetachedRun['step']>>; // what the tests' steps give is JSON
  }

  async ask(...asked: Parameters<DetachedRun['ask']>): ReturnType<DetachedRun['ask']> {
    this.log.push(['ask', asked[0].params, asked[1]]);
    return this.#answers.shift() as Awaited<ReturnType<DetachedRun['ask']>>; // as the tests prepare them
  }

  progress(...said: Parameters<DetachedRun['progress']>): void {
    this.log.push(['progress', ...said]);
  }
}

function call(host: ExtensionHost, tool: string, { args = {}, run = new Script(), elicitation = true } = {}) {
  const request = { ...REQUEST, clientCapabilities: elicitation ? { elicitation: {} } : {} };
  return host.callTool({ tool, args, request, run, signal: new AbortController().signal });
}

describe('what an extension may do outside of a request', () => {
  it('is told of every set of definitions', async () => {
    const { server, hosts } = await hosted((made) =>
      made.registerTool('a', { extensions: { [ID]: { n: 1 } } }, () => 'a'),
    );
    const { remove } = server.registerTool('b', {}, () => 'b');
    await server.ready();
    remove();
    await server.ready();
    expect(hosts.map(({ tools }) => [...tools.keys()])).toEqual([['a'], ['a', 'b'], ['a']]);
    expect(hosts[0]?.tools.get('a')?.extensions).toEqual({ [ID]: { n: 1 } });
  });

  it('runs a tool: schema, context, result', async () => {
    const inputSchema = z.object({ n: z.number(), s: z.string().default('s') });
    const { host, server } = await hosted((made) => {
      made.use(() => {
        throw new Error('Middleware is for requests.');
      });
      made.registerTool('echo', { inputSchema }, (args, ctx) => {
        expect([ctx.method, ctx.id, ctx.principal, ctx.header('x'), ctx.detached !== undefined]).toEqual([
          'tools/call',
          'call',
          anonymous,
          undefined,
          true,
        ]);
        ctx.progress(1, 3, 'one');
        return JSON.stringify(args);
      });
    });
    const run = new Script();
    const result = await call(host(), 'echo', { args: { n: 1 }, run });
    expect(result).toEqual({ resultType: 'complete', content: [{ type: 'text', text: '{"n":1,"s":"s"}' }] });
    expect(run.log).toEqual([['progress', 1, 3, 'one']]);
    expect(server.core.runtime.inFlight.count).toBe(0);
    expect(await call(host(), 'echo', { args: {} })).toMatchObject({ isError: true });
    await expect(call(host(), 'nothing')).rejects.toThrow(TypeError);
  });

  it('leaves errors to the extension, but for what the model is to read', async () => {
    const { host, errors } = await hosted((made) => {
      made.registerTool('tool', {}, () => {
        throw new ToolError('Say it better.');
      });
      made.registerTool('protocol', {}, () => {
        throw new ProtocolError(7, 'No.');
      });
      made.registerTool('broken', { outputSchema: z.object({ n: z.number() }) }, () => ({
        structuredContent: { n: 'x' as unknown as number },
      }));
      made.registerTool('raw', {}, () => ({ resultType: 'input_required', requestState: 'x' }));
    });
    expect(await call(host(), 'tool')).toMatchObject({
      isError: true,
      content: [{ text: 'Say it better.' }],
    });
    await expect(call(host(), 'protocol')).rejects.toMatchObject({ code: 7 });
    await expect(call(host(), 'broken')).rejects.toThrow(/broke its outputSchema/);
    await expect(call(host(), 'raw')).rejects.toThrow(/ctx\.elicit/);
    expect(errors).toEqual([]);
    expect(host().reportError(new Error('x'), 'here')).toMatch(/^[0-9a-f]{8}$/);
    expect(errors).toHaveLength(1);
  });

  it('sends steps and questions the extension’s way; an answer that does not do is asked for again', async () => {
    const requestedSchema = z.object({ n: z.number().refine((n) => n > 1, 'must be more than 1') });
    const { host } = await hosted((made) =>
      made.registerTool('ask', {}, async (ctx) => {
        const answer = await ctx.elicit({ message: 'How many?', requestedSchema }, { key: 'many' });
        return `${answer.action} ${await ctx.step('double', () => (answer.action === 'accept' ? answer.content.n * 2 : 0))}`;
      }),
    );
    const run = new Script({ action: 'accept', content: { n: 1 } }, { action: 'accept', content: { n: 2 } });
    expect(await call(host(), 'ask', { run })).toMatchObject({ content: [{ text: 'accept 4' }] });
    expect(run.log).toMatchObject([
      ['ask', { message: 'How many?' }, { key: 'many' }],
      ['ask', { message: expect.stringMatching(/^How many\?\n\n.*must be more than 1/) }, { key: 'many' }],
      ['step', 'double'],
    ]);
    await expect(call(host(), 'ask', { elicitation: false })).rejects.toMatchObject({ code: -32021 });
  });

  it('aborts the handler with its signal', async () => {
    const { host } = await hosted((made) =>
      made.registerTool(
        'wait',
        {},
        (ctx) =>
          new Promise((_, reject) => ctx.signal.addEventListener('abort', () => reject(ctx.signal.reason))),
      ),
    );
    const controller = new AbortController();
    const request = { ...REQUEST, clientCapabilities: {} };
    const done = host().callTool({
      tool: 'wait',
      args: {},
      request,
      run: new Script(),
      signal: controller.signal,
    });
    controller.abort(new Error('enough'));
    await expect(done).rejects.toThrow('enough');
  });

  it('holds arguments to their schema, and answers to their questions', async () => {
    const { host } = await hosted((made) =>
      made.registerTool('t', { inputSchema: z.object({ n: z.number() }) }, () => 't'),
    );
    expect(await host().checkArguments('t', { n: 1 })).toEqual({ ok: true, args: { n: 1 } });
    expect(await host().checkArguments('t', {})).toMatchObject({ ok: false, result: { isError: true } });
    const params = {
      mode: 'form' as const,
      message: 'm',
      requestedSchema: {
        type: 'object' as const,
        properties: { n: { type: 'number' as const } },
        required: ['n'],
      },
    };
    const question = { method: 'elicitation/create' as const, params };
    const good = { action: 'accept', content: { n: 1 } };
    expect(await host().checkAnswer('k', question, good)).toEqual(good);
    expect(await host().checkAnswer('k', question, { action: 'decline' })).toEqual({ action: 'decline' });
    for (const bad of [{ action: 'accept' }, { action: 'accept', content: { n: 'x' } }, { action: 'x' }, 7])
      await expect(host().checkAnswer('k', question, bad)).rejects.toMatchObject({ code: -32602 });
    expect(host().principalKey(anonymous)).not.toBe(host().principalKey({ ...anonymous, subject: 's' }));
  });

  it('is told when the server closes, and may fail at it', async () => {
    const closed: number[] = [];
    const { server, errors } = await hosted(() => undefined, {
      close: ({ timeoutMs }) => {
        closed.push(timeoutMs);
        throw new Error('cannot');
      },
    });
    await server.close({ timeoutMs: 50 });
    expect([closed, errors.length]).toEqual([[50], 1]);
  });
});

overHttp('a listen field of an extension', (start) => {
  it('may refuse requests that do not declare it, and feed the stream itself', async () => {
    let left = 0;
    const peer = await start((options) => {
      const server = createServer({ name: 'fields', version: '1.0.0' }, options);
      server.registerExtension({
        id: ID,
        listen: {
          things: {
            undeclared: 'refuse',
            accept: () => ({
              agreed: true,
              topics: [],
              follow(send) {
                send('notifications/things', { n: 1 });
                return () => {
                  left += 1;
                  send('notifications/things', { n: 2 });
                };
              },
            }),
          },
        },
      });
      return server;
    });
    const params = { notifications: { things: true } };
    expect((await peer.call('subscriptions/listen', params)).code).toBe(-32021);
    const stream = await peer.open('subscriptions/listen', params, {
      capabilities: { extensions: { [ID]: {} } },
    });
    await stream.next();
    expect(await stream.next()).toMatchObject({ method: 'notifications/things', params: { n: 1 } });
    const closing = Promise.all(peer.servers.map((server) => server.close()));
    expect((await stream.rest()).filter(({ method }) => method === 'notifications/things')).toEqual([]);
    await closing;
    expect(left).toBe(1);
  });
});

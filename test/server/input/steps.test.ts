import type { RequestContext } from '@switchyard/server';
import { createServer, InputPending } from '@switchyard/server';
import { expect, it } from 'vitest';
import { turn } from '../../support/environment.ts';
import type { BaseOptions } from '../../support/matrix.ts';
import { everywhere } from '../../support/matrix.ts';
import { again, EVERYTHING, formFor } from '../../support/rounds.ts';

const request = { method: 'tools/call', params: { name: 'ask' } };
const capable = { capabilities: EVERYTHING };
const declined = { 'elicitation-1': { action: 'decline' } };

const asking = (handler: (ctx: RequestContext) => Promise<string>) => (options: BaseOptions) => {
  const server = createServer({ name: 'steps', version: '1.0.0' }, options);
  server.registerTool('ask', {}, (ctx) => handler(ctx));
  return server;
};

const text = (value: string) => ({ resultType: 'complete', content: [{ type: 'text', text: value }] });

everywhere('steps', (start) => {
  it('run once over all passes, on whichever instance', async () => {
    const runs: string[] = [];
    const peer = await start(
      asking(async (ctx) => {
        const before = await ctx.step('before', async () => {
          runs.push('before');
          return { at: 1 };
        });
        const { action } = await ctx.elicit(formFor('name'));
        const after = await ctx.step('after', () => {
          runs.push('after');
          return 2;
        });
        return JSON.stringify([before, action, after]);
      }),
    );
    const first = await peer.call('tools/call', request.params, capable);
    expect(runs).toEqual(['before']);
    const second = await again(peer, request, { answer: first, responses: declined });
    expect(runs).toEqual(['before', 'after']);
    expect(second.result).toMatchObject(text('[{"at":1},"decline",2]'));
  });

  it('give every pass the same: what JSON can carry, untouched by the handler', async () => {
    const seen: unknown[] = [];
    const runs: string[] = [];
    const peer = await start(
      asking(async (ctx) => {
        const work = async (name: string, made: unknown) => {
          runs.push(name);
          return made as string; // more than the types allow, as JavaScript may
        };
        const date = await ctx.step('date', () => work('date', new Date(0)));
        const nothing = await ctx.step('nothing', () => work('nothing', undefined));
        const list: unknown = await ctx.step('list', () => work('list', [1]));
        const prototype = await ctx.step('__proto__', () => work('__proto__', { admin: true }));
        seen.push(structuredClone([date, nothing, list, prototype]));
        (list as number[]).push(2); // an array, as made above
        await ctx.elicit(formFor('name'));
        return (await ctx.elicit(formFor('other'))).action;
      }),
    );
    const first = await peer.call('tools/call', request.params, capable);
    const second = await again(peer, request, { answer: first, responses: declined });
    await again(peer, request, { answer: second, responses: { 'elicitation-2': { action: 'cancel' } } });
    const expected = ['1970-01-01T00:00:00.000Z', null, [1], { admin: true }];
    expect(seen).toEqual([expected, expected, expected]);
    expect(runs).toEqual(['date', 'nothing', 'list', '__proto__']);
  });

  it('are not run behind a question that is open', async () => {
    let worked = 0;
    const peer = await start(
      asking(async (ctx) => {
        await Promise.all([ctx.elicit(formFor('name')), ctx.step('work', () => ++worked)]);
        return 'done';
      }),
    );
    const first = await peer.call('tools/call', request.params, capable);
    expect(worked).toBe(0);
    const second = await again(peer, request, { answer: first, responses: declined });
    expect(second.result).toMatchObject(text('done'));
    expect(worked).toBe(1);
  });

  it('are waited for where a question comes up meanwhile, so that none is done twice', async () => {
    let worked = 0;
    const peer = await start(
      asking(async (ctx) => {
        const slow = ctx.step('slow', async () => {
          await turn();
          await turn();
          worked += 1;
          return worked;
        });
        await turn();
        const [result, { action }] = await Promise.all([slow, ctx.elicit(formFor('name'))]);
        return `${result} ${action}`;
      }),
    );
    const first = await peer.call('tools/call', request.params, capable);
    const second = await again(peer, request, { answer: first, responses: declined });
    expect(second.result).toMatchObject(text('1 decline'));
    expect(worked).toBe(1);
  });

  it('of one name are one step, also side by side', async () => {
    let worked = 0;
    const peer = await start(
      asking(async (ctx) => {
        const work = async () => {
          await turn();
          worked += 1;
          return worked;
        };
        return JSON.stringify(await Promise.all([ctx.step('one', work), ctx.step('one', work)]));
      }),
    );
    expect((await peer.call('tools/call', request.params, capable)).result).toMatchObject(text('[1,1]'));
  });

  it('that fail are tried again', async () => {
    let tries = 0;
    const peer = await start(
      asking(async (ctx) => {
        const work = () => {
          tries += 1;
          if (tries < 3) throw new Error('not yet');
          return 'worked';
        };
        for (;;) {
          try {
            return await ctx.step('flaky', work);
          } catch (error) {
            if (error instanceof InputPending || tries === 1) await ctx.elicit(formFor('name'));
          }
        }
      }),
    );
    const first = await peer.call('tools/call', request.params, capable);
    expect(first.result).toMatchObject({ resultType: 'input_required' });
    const second = await again(peer, request, { answer: first, responses: declined });
    expect(second.result).toMatchObject(text('worked'));
    expect(tries).toBe(3);
  });

  it('may stand inside each other', async () => {
    const peer = await start(
      asking((ctx) => ctx.step('outer', async () => `outer ${await ctx.step('inner', () => 'inner')}`)),
    );
    expect((await peer.call('tools/call', request.params, capable)).result).toMatchObject(
      text('outer inner'),
    );
  });

  it('whose results are too large to seal fail the call, and say so to the operator alone', async () => {
    const peer = await start(
      asking(async (ctx) => {
        await ctx.step('large', () => 'x'.repeat(100_000));
        return (await ctx.elicit(formFor('name'))).action;
      }),
    );
    const answer = await peer.call('tools/call', request.params, capable);
    expect(answer.code).toBe(-32603);
    expect(answer.text).not.toContain('seal');
    expect(String(peer.errors.splice(0)[0]?.error)).toContain('Too much to seal');
  });
});

// What the specification of tasks leaves open, as docs/decisions/0037-what-tasks-leave-open.md settles it.

import { memoryTaskStore, runsAsTask, taskOf } from '@switchyard/tasks';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { everywhere, overHttp } from '../support/matrix.ts';
import type { RequestOptions } from '../support/messages.ts';
import type { Peer } from '../support/peer.ts';
import { addAsking, callForTask, KNOWING, pollUntil, TASKS, textOf, withTasks } from './on-server.ts';

/** A client that knows tasks and cannot be asked anything. */
const MUTE: RequestOptions = { capabilities: { extensions: { [TASKS]: {} } } };
const accept = (text: string) => ({ action: 'accept', content: { text } });

async function update(peer: Peer, taskId: string, inputResponses: object, id: number | string = 'u') {
  return peer.call('tasks/update', { taskId, inputResponses }, { ...KNOWING, id });
}

everywhere('a task', (start, way) => {
  it('is shown with all its questions to a client that cannot be asked them, and somebody is told', async () => {
    const peer = await start(withTasks(addAsking));
    const taskId = await callForTask(peer, 'ask');
    const asked = await pollUntil(peer, taskId, 'input_required');
    const told = () => peer.warnings.filter((warning) => warning.includes('waits for answers'));
    expect(told()).toEqual([]);
    for (let time = 0; time < 10; time += 1) {
      const { result } = await peer.call('tasks/get', { taskId }, MUTE);
      expect(result).toMatchObject({ status: 'input_required', inputRequests: asked['inputRequests'] });
    }
    expect(new Set(told()).size).toBe(1);
    expect(told()[0]).toMatch(/'ask'.*{"elicitation":{"form":{}}}/);
    expect((await update(peer, taskId, { 'elicitation-1': accept('four') })).code).toBeUndefined();
    expect(textOf(await pollUntil(peer, taskId, 'completed'))).toBe('four has 4 characters');
  });

  it('takes the first answer to a question, and acknowledges the second', async () => {
    const peer = await start(withTasks(addAsking));
    const taskId = await callForTask(peer, 'ask');
    await pollUntil(peer, taskId, 'input_required');
    const texts = ['one', 'two', 'three', 'four'];
    const said = await Promise.all(
      texts.map((text, n) => update(peer, taskId, { 'elicitation-1': accept(text) }, `u${n}`)),
    );
    expect(said.map(({ code, result }) => [code, result['resultType']])).toEqual(
      texts.map(() => [undefined, 'complete']),
    );
    const text = textOf(await pollUntil(peer, taskId, 'completed'));
    expect(texts.map((one) => `${one} has ${one.length} characters`)).toContain(text);
  });

  it('acknowledges answers that nobody waits for, and ignores them', async () => {
    let go = (): void => undefined;
    const gone = new Promise<string>((resolve) => {
      go = () => resolve('done');
    });
    const peer = await start(withTasks((server) => server.registerTool('work', runsAsTask(), () => gone)));
    const taskId = await callForTask(peer, 'work');
    expect((await update(peer, taskId, { 'elicitation-1': accept('early') })).result['resultType']).toBe(
      'complete',
    );
    go();
    expect(textOf(await pollUntil(peer, taskId, 'completed'))).toBe('done');
  });

  it('is cancelled at once while it waits for answers, which are ignored from then on', async () => {
    const peer = await start(withTasks(addAsking));
    const taskId = await callForTask(peer, 'ask');
    await pollUntil(peer, taskId, 'input_required');
    await peer.call('tasks/cancel', { taskId }, KNOWING);
    const { _meta, ...cancelled } = (await peer.call('tasks/get', { taskId }, KNOWING)).result;
    expect(cancelled['status']).toBe('cancelled');
    expect((await update(peer, taskId, { 'elicitation-1': accept('late') })).code).toBeUndefined();
    const { _meta: __, ...still } = (await peer.call('tasks/get', { taskId }, KNOWING)).result;
    expect(still).toEqual(cancelled);
  });

  it('is given out as it is by now where its call comes again, and brings its result when it is asked for', async () => {
    const peer = await start(withTasks((server) => server.registerTool('quick', runsAsTask(), () => 'done')));
    const options = { ...KNOWING, meta: { 'dev.switchyard/idempotency-key': 'k' } };
    const taskId = await callForTask(peer, 'quick', {}, options);
    await pollUntil(peer, taskId, 'completed');
    const { result } = await peer.call('tools/call', { name: 'quick', arguments: {} }, options);
    expect(result).toMatchObject({ resultType: 'task', taskId, status: 'completed' });
    for (const member of ['result', 'error', 'inputRequests']) expect(result).not.toHaveProperty(member);
  });

  it('says when it ends how long its result is kept, if that is longer than it could live', async () => {
    const lives = { ttlMs: 60_000, retentionMs: 3_600_000 };
    const peer = await start(
      withTasks((server) => {
        server.registerTool('short', runsAsTask(lives), () => 'done');
        server.registerTool('long', runsAsTask({ ...lives, ttlMs: 86_400_000 }), () => 'done');
      }),
    );
    const short = await pollUntil(peer, await callForTask(peer, 'short'), 'completed');
    expect(short['ttlMs']).toBeGreaterThanOrEqual(3_600_000);
    const long = await pollUntil(peer, await callForTask(peer, 'long'), 'completed');
    expect(long['ttlMs']).toBe(86_400_000);
    expect(Date.parse(String(long['lastUpdatedAt']))).toBeGreaterThanOrEqual(
      Date.parse(String(long['createdAt'])),
    );
  });

  it('takes no more of an answer than allowed', async () => {
    const peer = await start(withTasks(addAsking, { limits: { answersSize: 200 } }));
    const taskId = await callForTask(peer, 'ask');
    await pollUntil(peer, taskId, 'input_required');
    const { code, why } = await update(peer, taskId, { 'elicitation-1': accept('x'.repeat(200)) });
    expect([code, why]).toEqual([-32602, 'The answers of one update can have at most 200 characters.']);
    await update(peer, taskId, { 'elicitation-1': accept('four') });
    expect(textOf(await pollUntil(peer, taskId, 'completed'))).toBe('four has 4 characters');
  });

  it('asks by itself, as its context does', async () => {
    const requestedSchema = z.object({ n: z.number() });
    const peer = await start(
      withTasks((server) =>
        server.registerTool('count', runsAsTask(), async (ctx) => {
          const task = taskOf(ctx);
          const answer = await task.elicit({ message: 'How many?', requestedSchema });
          if (answer.action !== 'accept') return answer.action;
          expectTypeOf(answer.content).toEqualTypeOf<{ n: number }>();
          return `${answer.content.n + 1}`;
        }),
      ),
    );
    const answers = { 'elicitation-1': { action: 'accept', content: { n: 2 } } };
    const taskId = await callForTask(peer, 'count');
    await pollUntil(peer, taskId, 'input_required');
    await update(peer, taskId, answers);
    expect(textOf(await pollUntil(peer, taskId, 'completed'))).toBe('3');
    const plain = { capabilities: { elicitation: {} } };
    const { requestState } = (await peer.call('tools/call', { name: 'count' }, plain)).result;
    const again = { name: 'count', inputResponses: answers, requestState };
    expect((await peer.call('tools/call', again, plain)).result).toMatchObject({ content: [{ text: '3' }] });
  });

  it('of a caller whom nobody vouches for is told of to the operator, over HTTP alone', async () => {
    const peer = await start(withTasks(addAsking));
    await callForTask(peer, 'ask');
    await callForTask(peer, 'ask');
    const told = new Set(peer.warnings.filter((warning) => warning.includes('nobody vouches for')));
    expect(told.size).toBe(way === 'stdio' ? 0 : 1);
  });
});

overHttp('a task', (start) => {
  it('belongs to issuer, subject, client and tenant together [TASK-36]', async () => {
    const store = memoryTaskStore();
    const peer = await start((base) =>
      withTasks(addAsking, { store })({
        ...base,
        authenticate: ({ header }) => {
          const [issuer = '', subject = '', client = '', tenant = ''] = (header('authorization') ?? '')
            .replace('Bearer ', '')
            .split('.');
          return { issuer, subject, client, tenant, scopes: [] };
        },
      }),
    );
    const own = { ...KNOWING, token: 'i.ann.app.t' };
    const taskId = await callForTask(peer, 'ask', {}, own);
    expect(taskId).toMatch(/^[\w-]{22}$/);
    expect(peer.warnings.filter((warning) => warning.includes('nobody vouches for'))).toEqual([]);
    for (const token of ['j.ann.app.t', 'i.bob.app.t', 'i.ann.other.t', 'i.ann.app.u', 'i.ann.app.']) {
      const { code, why } = await peer.call('tasks/get', { taskId }, { ...KNOWING, token });
      expect([token, code, why]).toEqual([token, -32602, 'There is no such task.']);
    }
    expect((await peer.call('tasks/get', { taskId }, own)).code).toBeUndefined();
    await peer.call('tasks/cancel', { taskId }, own);
  });
});

describe('a task of somebody else', () => {
  it('is not even read: it takes as long to be told as one that nobody has made [TASK-36]', async () => {
    const store = memoryTaskStore();
    const owners: unknown[] = [];
    const get: typeof store.get = (ids, of) => {
      owners.push(of);
      return store.get(ids, of);
    };
    const { createTaskEngine } = await import('@switchyard/tasks');
    const watched = new Proxy(store, {
      get: (target, name) => {
        const verb: unknown = name === 'get' ? get : Reflect.get(target, name);
        return typeof verb === 'function' ? verb.bind(target) : verb;
      },
    });
    const engine = createTaskEngine({ store: watched });
    engine.handle('tool', async () => ({ resultType: 'complete', content: [] }));
    const { task } = await engine.create({ owner: 'ann', tool: 'tool', params: {} });
    expect(await engine.get(task.id, 'bob')).toBeUndefined();
    expect((await engine.get(task.id, 'ann'))?.id).toBe(task.id);
    expect(owners).toEqual([['bob'], ['ann']]);
    await engine.close({ timeoutMs: 0 });
  });
});

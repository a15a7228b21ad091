import { formatKeys, randomKey } from '@switchyard/seal';
import { describe, expect, it } from 'vitest';
import { type Ask, ask } from '../test/federation.ts';
import { federationOf, memberServer, serveMember } from '../test/members.ts';
import { type Running, upstream } from '../test/support.ts';
import { HANDLE_TTL_MS } from './federate/handles.ts';
import { mintApiKey } from './identify/mint-key.ts';
import type { GatewayOptions } from './index.ts';

const ALICE = mintApiKey({ name: 'alice' });
const BOB = mintApiKey({ name: 'bob' });
const as = ({ key }: { readonly key: string }, rest: Ask = {}): Ask => ({
  ...rest,
  headers: { 'x-api-key': key },
});

/** Instances that share their keys, in front of the same servers. */
async function instances(
  count: number,
  urls: Readonly<Record<string, string>>,
  options: GatewayOptions = {},
) {
  const env = { KEYS: formatKeys([randomKey()]) };
  const config = {
    federation: { keys: { env: 'KEYS' } },
    identify: { keys: [ALICE.entry, BOB.entry] },
  };
  const running: Running[] = [];
  for (let i = 0; i < count; i++) running.push(await federationOf(urls, config, { env, ...options }));
  let turn = 0;
  /** The next instance, as a plain round robin gives it. */
  return () => running[turn++ % count]?.url ?? '';
}

async function pagedMembers() {
  const a = await serveMember(memberServer('alpha', { pageSize: 2 }));
  const b = await serveMember(memberServer('beta', { pageSize: 3 }));
  return { a: a.url, b: b.url };
}

describe('cursors of merged lists', () => {
  it('go on at whichever instance, through all pages of all servers [CACHE-005]', async () => {
    const next = await instances(3, await pagedMembers());
    const names: string[] = [];
    const sizes: number[] = [];
    let cursor: string | undefined;
    do {
      const params = cursor === undefined ? {} : { cursor };
      const { result } = (await ask(next(), 'tools/list', params, as(ALICE))).json;
      // A cursor is its caller's own: a page with one cannot be shared.
      expect(result.cacheScope).toBe('private');
      names.push(...result.tools.map((tool: { name: string }) => tool.name));
      sizes.push(result.tools.length);
      cursor = result.nextCursor;
    } while (cursor !== undefined);
    expect(sizes).toEqual([5, 4, 1]);
    expect(new Set(names).size).toBe(10);
  });

  it('are refused to others, for other lists, when altered and when too old', async () => {
    let now = Date.now();
    const members = await pagedMembers();
    const next = await instances(1, members, { clock: () => now });
    const { cursor } = { cursor: (await ask(next(), 'tools/list', {}, as(ALICE))).json.result.nextCursor };
    const refused = {
      code: -32602,
      message: 'The cursor is not valid for this list. List again from the beginning.',
    };
    const tell = async (method: string, value: unknown, who = ALICE) =>
      (await ask(next(), method, { cursor: value }, as(who))).json.error;
    expect(await tell('tools/list', cursor)).toBeUndefined();
    expect(await tell('tools/list', cursor, BOB)).toEqual(refused);
    expect(await tell('prompts/list', cursor)).toEqual(refused);
    expect(await tell('tools/list', `${cursor.slice(0, -2)}AA`)).toEqual(refused);
    expect(await tell('tools/list', 'alpha')).toEqual(refused);
    expect(await tell('tools/list', 7)).toEqual(refused);
    const other = await instances(1, { ...members, c: members.a }, { clock: () => now });
    expect((await ask(other(), 'tools/list', { cursor }, as(ALICE))).json.error).toEqual(refused);
    now += HANDLE_TTL_MS.cursor;
    expect(await tell('tools/list', cursor)).toEqual(refused);
  });
});

describe('request states', () => {
  const answers = { inputResponses: undefined };
  const capabilities = { elicitation: {} };

  it('come back to the same server, whichever instance they pass', async () => {
    const next = await instances(3, await pagedMembers());
    const first = (await ask(next(), 'tools/call', { name: 'b__ask' }, as(ALICE, { capabilities }))).json
      .result;
    expect(first.resultType).toBe('input_required');
    const [key = ''] = Object.keys(first.inputRequests);
    const inputResponses = { [key]: { action: 'accept', content: { name: 'Ada' } } };
    const params = { name: 'b__ask', inputResponses, requestState: first.requestState };
    const second = await ask(next(), 'tools/call', params, as(ALICE, { capabilities }));
    expect(second.json.result.content[0].text).toBe('beta: Ada');
  });

  it('open nothing for another tool, another server or another caller', async () => {
    const { a, b } = await pagedMembers();
    const next = await instances(1, { a, b });
    const { requestState, inputRequests } = (
      await ask(next(), 'tools/call', { name: 'a__ask' }, as(ALICE, { capabilities }))
    ).json.result;
    const [key = ''] = Object.keys(inputRequests);
    const inputResponses = { [key]: { action: 'accept', content: { name: 'Ada' } } };
    const send = async (name: string, state: string, who = ALICE) =>
      (
        await ask(
          next(),
          'tools/call',
          { ...answers, name, inputResponses, requestState: state },
          as(who, { capabilities }),
        )
      ).json;
    const refused = {
      code: -32602,
      message:
        'The requestState is not valid for this request. Send the request again without it to start over.',
    };
    expect((await send('b__ask', requestState)).error).toEqual(refused);
    expect((await send('a__who', requestState)).error).toEqual(refused);
    expect((await send('a__ask', requestState, BOB)).error).toEqual(refused);
    expect((await send('a__ask', 'state of its own')).error).toEqual(refused);
    expect((await send('a__ask', requestState)).result.content[0].text).toBe('alpha: Ada');
  });
});

const TASKS = { capabilities: { extensions: { 'io.modelcontextprotocol/tasks': {} } } };

/** A server that carries tasks, answers every call with a task of a simple id, and knows that task. */
async function tasking(state: { readonly seen: string[] }): Promise<string> {
  const { url } = await upstream((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const { id, method, params } = JSON.parse(Buffer.concat(chunks).toString());
      const task = { taskId: 'task-1', status: 'working', createdAt: '', lastUpdatedAt: '', ttlMs: null };
      const done = {
        ...task,
        status: 'completed',
        result: { content: [{ type: 'resource_link', uri: 'file:///x' }] },
      };
      if (method !== 'server/discover')
        state.seen.push(`${method} ${params.taskId ?? params.name} ${String(req.headers['mcp-name'])}`);
      const results: Readonly<Record<string, object>> = {
        'server/discover': TASKS,
        'tools/call': { ...task, resultType: 'task' },
        'tasks/get': done,
      };
      const result = { resultType: 'complete', ...results[method] };
      res.writeHead(200, { 'content-type': 'application/json' });
      res.end(JSON.stringify({ jsonrpc: '2.0', id, result }));
    });
  });
  return url;
}

describe('tasks', () => {
  it('have ids that any instance brings back to their server, for their caller alone', async () => {
    const state = { seen: [] as string[] };
    const url = await tasking(state);
    const next = await instances(3, { a: (await pagedMembers()).a, b: url });
    const created = (await ask(next(), 'tools/call', { name: 'b__long' }, as(ALICE, TASKS))).json.result;
    expect(created).toMatchObject({ resultType: 'task', status: 'working' });
    expect(created.taskId).toMatch(/^b~[\x21-\x7e]+$/);
    expect(created.taskId).not.toContain('task-1');
    const { taskId } = created;
    const got = (await ask(next(), 'tasks/get', { taskId }, as(ALICE, TASKS))).json.result;
    expect(got).toMatchObject({ taskId, status: 'completed', result: { content: [{ uri: 'b+file:///x' }] } });
    for (const method of ['tasks/update', 'tasks/cancel'])
      expect(
        (await ask(next(), method, { taskId, inputResponses: {} }, as(ALICE, TASKS))).json.result,
      ).toEqual({
        resultType: 'complete',
      });
    expect(state.seen).toEqual([
      'tools/call long long',
      'tasks/get task-1 task-1',
      'tasks/update task-1 task-1',
      'tasks/cancel task-1 task-1',
    ]);
  });

  it('are unknown alike where they are foreign, forged, altered or expired', async () => {
    let now = Date.now();
    const state = { seen: [] as string[] };
    const url = await tasking(state);
    const next = await instances(1, { a: url, b: url }, { clock: () => now });
    const { taskId } = (await ask(next(), 'tools/call', { name: 'a__long' }, as(ALICE, TASKS))).json.result;
    const sent = state.seen.length;
    const tell = async (id: string, who = ALICE) => {
      const answer = await ask(next(), 'tasks/get', { taskId: id }, as(who, TASKS));
      return [answer.status, answer.text];
    };
    const unknown = [
      200,
      '{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"There is no such task."}}',
    ];
    expect(await tell(taskId, BOB)).toEqual(unknown);
    for (const id of ['task-1', 'a~task-1', taskId.replace('a~', 'b~'), taskId.slice(0, -2), 'é', '~'])
      expect(await tell(id)).toEqual(unknown);
    const made = now;
    now = made + HANDLE_TTL_MS.task;
    expect(await tell(taskId)).toEqual(unknown);
    expect(state.seen).toHaveLength(sent);
    // Its server may keep a task for years.
    now = made + 3 * 365 * 86_400_000;
    expect((await tell(taskId))[1]).toContain('"status":"completed"');
  });
});

describe('keys', () => {
  it('that are not configured are said to be this process’s own', async () => {
    const { events, gateway } = await federationOf(await pagedMembers());
    const told = () => events.filter(({ type }) => type === 'federation-keys-unshared').length;
    expect(told()).toBe(1);
    gateway.reload({
      federation: {},
      servers: { a: { replicas: ['http://127.0.0.1:1/'] } },
      listen: { port: 0 },
    });
    expect(told()).toBe(1);
  });

  it('that cannot be read are a problem of the configuration, and stay secret', async () => {
    const config = { federation: { keys: { env: 'KEYS' } } };
    await expect(federationOf({ a: 'http://h/' }, config, { env: {} })).rejects.toThrow('federation.keys');
    const failed = federationOf({ a: 'http://h/' }, config, { env: { KEYS: 'k1:tooshort' } });
    await expect(failed).rejects.toThrow(/^(?!.*tooshort).*federation\.keys/s);
  });
});

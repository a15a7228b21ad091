import type { Server } from '@switchyard/server';
import { describe, expect, it } from 'vitest';
import { type Ask, ask, bodyOf, headersFor } from '../test/federation.ts';
import { federationOf, memberServer, serveMember } from '../test/members.ts';
import { nowhere, post, upstream } from '../test/support.ts';
import { mintApiKey } from './identify/mint-key.ts';

const TASKS = 'io.modelcontextprotocol/tasks';
const DECLARED: Ask = { capabilities: { extensions: { [TASKS]: {} } } };
const METHODS = ['tasks/get', 'tasks/update', 'tasks/cancel'];
const UNKNOWN = { taskId: 'a~none', inputResponses: {} };

/** A server with tasks, as far as anybody gets who has none. */
function carrying(name: string): Server {
  const server = memberServer(name);
  const method = { nameParam: 'taskId', handler: () => ({}) };
  server.registerExtension({ id: TASKS, methods: Object.fromEntries(METHODS.map((one) => [one, method])) });
  return server;
}

const served = async (server: Server) => (await serveMember(server)).url;

/** Status and code of the answer. */
async function told(url: string, method: string, params: object, options: Ask = {}) {
  const { status, json } = await ask(url, method, { ...params }, options);
  return [status, json.error?.code];
}

describe('a request about a task', () => {
  it('is refused for one thing after another, in the order in which a server refuses', async () => {
    const { url } = await federationOf({ a: await served(carrying('alpha')) });
    for (const method of METHODS) {
      const odd = { headers: { 'mcp-name': 'a~none' } };
      const others = METHODS.filter((one) => one !== method);
      // Everything is wrong; then one thing after another is mended.
      for (const header of [{ 'mcp-name': 'a~other' }, ...others.map((one) => ({ 'mcp-method': one }))])
        expect(await told(url, method, UNKNOWN, { headers: { ...header } })).toEqual([400, -32020]);
      expect(await told(url, method, { inputResponses: 7, taskId: 7 }, odd)).toEqual([400, -32021]);
      expect(await told(url, method, { taskId: 7 }, { ...DECLARED, ...odd })).toEqual([200, -32602]);
      expect(await told(url, method, UNKNOWN, DECLARED)).toEqual([200, -32602]);
    }
    const message = async (params: object) =>
      (await ask(url, 'tasks/update', { ...params }, DECLARED)).json.error.message;
    for (const inputResponses of [undefined, null, 7, 'x', []])
      expect(await message({ ...UNKNOWN, inputResponses })).toBe('params.inputResponses must be an object.');
    expect(await message(UNKNOWN)).toBe('There is no such task.');
  });

  it('is refused for another revision before anything else that its body says', async () => {
    const { url } = await federationOf({ a: await served(carrying('alpha')) });
    const body = bodyOf('tasks/get', { taskId: 7 }).replaceAll('2026-07-28', '2025-11-25');
    const call = { method: 'tasks/get', headers: headersFor('tasks/get', { taskId: 'a~none' }), body };
    expect((await post(url, { ...call, path: '/mcp' })).json.error.code).toBe(-32020);
    const old = { ...call.headers, 'mcp-protocol-version': '2025-11-25' };
    const { json } = await post(url, { ...call, headers: old, path: '/mcp' });
    expect(json.error).toMatchObject({ code: -32022, data: { supported: ['2026-07-28'] } });
  });

  it('names what it would have to declare [TASK-22]', async () => {
    const { url } = await federationOf({ a: await served(carrying('alpha')) });
    for (const extensions of [undefined, {}, { 'com.example/tasks': {} }])
      for (const method of METHODS)
        expect((await ask(url, method, UNKNOWN, { capabilities: { extensions } })).json.error).toMatchObject({
          code: -32021,
          data: { requiredCapabilities: { extensions: { [TASKS]: {} } } },
        });
  });
});

describe('the methods of tasks', () => {
  it('are not there where no server carries tasks, whatever else is wrong [HTTP-019]', async () => {
    const { url } = await federationOf({
      a: await served(memberServer('alpha')),
      b: await served(memberServer('beta')),
    });
    for (const method of METHODS) {
      expect(await told(url, method, UNKNOWN)).toEqual([404, -32601]);
      expect(await told(url, method, UNKNOWN, DECLARED)).toEqual([404, -32601]);
      expect(await told(url, method, UNKNOWN, { headers: { 'mcp-name': 'x' } })).toEqual([400, -32020]);
    }
  });

  it('are there where one server carries tasks, or cannot be asked', async () => {
    const a = await served(memberServer('alpha'));
    const silent = await upstream(() => {});
    for (const b of [await served(carrying('beta')), await nowhere(), silent.url]) {
      const { url } = await federationOf({ a, b }, { federation: { timeout: '200ms' } });
      expect(await told(url, 'tasks/get', UNKNOWN)).toEqual([400, -32021]);
      expect(await told(url, 'tasks/get', UNKNOWN, DECLARED)).toEqual([200, -32602]);
    }
  });

  it('are there for those who may use a server that carries tasks', async () => {
    const [alice, bob] = [mintApiKey({ name: 'alice' }), mintApiKey({ name: 'bob' })];
    const rules = [
      { name: 'a', effect: 'allow', when: 'server.name == "a"' },
      { name: 'b', effect: 'allow', when: 'server.name == "b" && caller.subject == "alice"' },
    ] as const;
    const { url } = await federationOf(
      { a: await served(memberServer('alpha')), b: await served(carrying('beta')) },
      { policy: { default: 'deny', rules }, identify: { keys: [alice.entry, bob.entry] } },
    );
    const as = ({ key }: { readonly key: string }) => ({ headers: { 'x-api-key': key } });
    expect(await told(url, 'tasks/get', UNKNOWN, as(alice))).toEqual([400, -32021]);
    expect(await told(url, 'tasks/get', UNKNOWN, as(bob))).toEqual([404, -32601]);
  });

  it('are asked for once, however many ask for tasks that they do not have', async () => {
    const asked: string[] = [];
    const { url: a } = await upstream((req, res) => {
      asked.push(String(req.headers['mcp-method']));
      const capabilities = { extensions: { [TASKS]: {} } };
      const result = { resultType: 'complete', capabilities, ttlMs: 60_000, cacheScope: 'public' };
      req.resume().on('end', () => {
        res.writeHead(200, { 'content-type': 'application/json' });
        res.end(JSON.stringify({ jsonrpc: '2.0', id: 1, result }));
      });
    });
    const { url } = await federationOf({ a });
    const many = Array.from({ length: 20 }, () => told(url, 'tasks/get', UNKNOWN, DECLARED));
    expect(new Set((await Promise.all(many)).map(String))).toEqual(new Set(['200,-32602']));
    expect(await told(url, 'tasks/cancel', UNKNOWN)).toEqual([400, -32021]);
    expect(asked).toEqual(['server/discover']);
  });
});

import { describe, expect, it } from 'vitest';
import { ask, listenAt } from '../test/federation.ts';
import { federationOf, type Member, memberServer, serveMember } from '../test/members.ts';
import { nowhere, upstream } from '../test/support.ts';
import { until } from '../test/until.ts';

const META = 'io.modelcontextprotocol/subscriptionId';
const LISTS = { toolsListChanged: true, promptsListChanged: true };

async function two() {
  const a = await serveMember(memberServer('alpha'));
  const b = await serveMember(memberServer('beta'));
  const running = await federationOf({ a: a.url, b: b.url });
  return { a, b, ...running };
}

function addTool(member: Member, name: string): void {
  member.server.registerTool(name, {}, () => name);
}

describe('a stream of the federation', () => {
  it('has one acknowledgement, and what any server says comes under the id of its request', async () => {
    const { url, a, b } = await two();
    const stream = await listenAt(url, LISTS, { id: 'mine' });
    expect(stream.res.headers['content-type']).toBe('text/event-stream');
    expect(await stream.next()).toEqual({
      jsonrpc: '2.0',
      method: 'notifications/subscriptions/acknowledged',
      params: { _meta: { [META]: 'mine' }, notifications: LISTS },
    });
    for (const member of [a, b]) {
      addTool(member, 'more');
      expect(await stream.next()).toEqual({
        jsonrpc: '2.0',
        method: 'notifications/tools/list_changed',
        params: { _meta: { [META]: 'mine' } },
      });
    }
  });

  it('is not told of what it did not ask for', async () => {
    const { url, a } = await two();
    const stream = await listenAt(url, { promptsListChanged: true });
    await stream.next();
    addTool(a, 'more');
    a.server.registerPrompt('new', {}, () => 'new');
    expect((await stream.next()).method).toBe('notifications/prompts/list_changed');
  });

  it('follows single resources under the names of the federation', async () => {
    const { url, a, b } = await two();
    const uris = ['b+file:///note', 'ui://a/app/main', 'c+file:///none'];
    const stream = await listenAt(url, { resourceSubscriptions: uris });
    const { params } = await stream.next();
    expect(params.notifications.resourceSubscriptions.sort()).toEqual(['b+file:///note', 'ui://a/app/main']);
    a.server.notify.resourceUpdated('file:///note');
    b.server.notify.resourceUpdated('file:///note');
    expect(await stream.next()).toMatchObject({
      method: 'notifications/resources/updated',
      params: { uri: 'b+file:///note', _meta: { [META]: 1 } },
    });
    a.server.notify.resourceUpdated('ui://app/main');
    expect((await stream.next()).params.uri).toBe('ui://a/app/main');
  });

  it('shares one stream at each server with all other listeners', async () => {
    const { url, a, gateway } = await two();
    const streams = await Promise.all(Array.from({ length: 20 }, () => listenAt(url, LISTS)));
    for (const stream of streams) await stream.next();
    const sent = gateway.stats().servers.map(({ replicas }) => replicas[0]?.inFlight);
    expect(sent).toEqual([1, 1]);
    addTool(a, 'more');
    for (const stream of streams)
      expect((await stream.next()).method).toBe('notifications/tools/list_changed');
    for (const stream of streams) stream.close();
    await until(() => gateway.stats().servers.every(({ replicas }) => replicas[0]?.inFlight === 0));
  });

  it('survives the restart of a server, and says then that its lists may have changed', async () => {
    const { url, a, b } = await two();
    const filter = { toolsListChanged: true, resourceSubscriptions: ['a+file:///note'] };
    const stream = await listenAt(url, filter);
    expect((await stream.next()).params.notifications).toEqual(filter);
    const port = Number(new URL(a.url).port);
    await a.close();
    addTool(b, 'more');
    expect((await stream.next()).method).toBe('notifications/tools/list_changed');
    await serveMember(memberServer('alpha'), port);
    const after = [await stream.next(10_000), await stream.next(10_000)];
    expect(after.map(({ method }) => method).sort()).toEqual([
      'notifications/resources/updated',
      'notifications/tools/list_changed',
    ]);
    expect(after.find(({ params }) => params.uri !== undefined)?.params.uri).toBe('a+file:///note');
  });

  it('begins though a server is dead, and though one is silent', async () => {
    const silent = await upstream(() => {});
    const b = await serveMember(memberServer('beta'));
    const servers = { a: await nowhere(), b: b.url, c: silent.url };
    const { url } = await federationOf(servers, { federation: { timeout: '200ms' } });
    const stream = await listenAt(url, LISTS);
    expect((await stream.next()).params.notifications).toEqual(LISTS);
    addTool(b, 'more');
    expect((await stream.next()).method).toBe('notifications/tools/list_changed');
  });

  it('ends in good order when the gateway closes, and when its plan is replaced', async () => {
    const { url, gateway, b } = await two();
    const reloaded = await listenAt(url, LISTS, { id: 'r' });
    await reloaded.next();
    gateway.reload({ listen: { port: 0 }, federation: {}, servers: { b: { replicas: [b.url] } } });
    const end = (id: string) => ({
      ...{ jsonrpc: '2.0', id },
      result: { resultType: 'complete', _meta: { [META]: id } },
    });
    expect(await reloaded.next()).toEqual(end('r'));
    const closed = await listenAt(url, LISTS, { id: 'c' });
    await closed.next();
    void gateway.close({ timeoutMs: 5000 });
    expect(await closed.next()).toEqual(end('c'));
  });

  it('is refused where its filter means nothing', async () => {
    const { url } = await two();
    const declared = { capabilities: { extensions: { 'io.modelcontextprotocol/tasks': {} } } };
    const codeOf = async (notifications: unknown) =>
      (await ask(url, 'subscriptions/listen', { notifications }, declared)).json.error.code;
    for (const filter of [undefined, null, 'x', [{ taskIds: ['a~x'] }]])
      expect(await codeOf(filter)).toBe(-32602);
    for (const filter of [{ toolsListChanged: 1 }, { resourceSubscriptions: [7] }, { taskIds: 'a~x' }])
      expect(await codeOf(filter)).toBe(-32602);
    expect(await codeOf({ taskIds: Array.from({ length: 1001 }, (_, i) => `a~${i}`) })).toBe(-32602);
  });

  it('needs the declaration of tasks before its filter is looked at, and a stream after [TASK-22]', async () => {
    const { url } = await two();
    const headers = { accept: 'application/json' };
    const refusal = async (notifications: unknown) => {
      const { status, json } = await ask(url, 'subscriptions/listen', { notifications }, { headers });
      return [status, json.error];
    };
    const undeclared = {
      ...{ code: -32021, message: expect.stringContaining('io.modelcontextprotocol/tasks') },
      data: { requiredCapabilities: { extensions: { 'io.modelcontextprotocol/tasks': {} } } },
    };
    for (const taskIds of [['a~x'], [], 'a~x', null])
      expect(await refusal({ toolsListChanged: 1, taskIds })).toEqual([400, undeclared]);
    expect(await refusal({ toolsListChanged: 1 })).toEqual([200, expect.objectContaining({ code: -32602 })]);
    expect(await refusal({})).toEqual([406, expect.objectContaining({ code: -32600 })]);
  });
});

describe('notifications of tasks', () => {
  it('end in good order where the caller has none of the tasks, unless it follows something else', async () => {
    const { url, a } = await two();
    const options = { id: 's', capabilities: { extensions: { 'io.modelcontextprotocol/tasks': {} } } };
    const none = await listenAt(url, { taskIds: ['a~forged', 'x'] }, options);
    expect((await none.next()).params.notifications).toEqual({ taskIds: [] });
    expect(await none.next()).toMatchObject({ id: 's', result: { resultType: 'complete' } });
    const lists = await listenAt(url, { taskIds: ['a~forged'], toolsListChanged: true }, options);
    expect((await lists.next()).params.notifications).toEqual({ taskIds: [], toolsListChanged: true });
    addTool(a, 'more');
    expect((await lists.next()).method).toBe('notifications/tools/list_changed');
  });

  it('come under the id that the caller has, with what is in them renamed, and only for its tasks', async () => {
    const seen: unknown[] = [];
    const task = (taskId: string) =>
      `{"jsonrpc":"2.0","method":"notifications/tasks","params":{"_meta":{"${META}":1},"taskId":"${taskId}","status":"completed","ttlMs":null,"result":{"n":12345678901234567890,"content":[{"type":"resource_link","uri":"ui://x/y"}]}}}`;
    const { url } = await upstream((req, res) => {
      const chunks: Buffer[] = [];
      req.on('data', (chunk: Buffer) => chunks.push(chunk));
      req.on('end', () => {
        const { id, method, params } = JSON.parse(Buffer.concat(chunks).toString());
        if (method === 'tools/call') {
          res.writeHead(200, { 'content-type': 'application/json' });
          res.end(JSON.stringify({ jsonrpc: '2.0', id, result: { resultType: 'task', taskId: 't1' } }));
          return;
        }
        seen.push(params.notifications);
        const ack = {
          ...{ jsonrpc: '2.0', method: 'notifications/subscriptions/acknowledged' },
          params: { _meta: { [META]: id }, notifications: params.notifications },
        };
        res.writeHead(200, { 'content-type': 'text/event-stream' });
        res.write(`data: ${JSON.stringify(ack)}\n\ndata: ${task('t2')}\n\ndata: ${task('t1')}\n\n`);
      });
    });
    const { url: base } = await federationOf({ a: url });
    const options = { id: 's', capabilities: { extensions: { 'io.modelcontextprotocol/tasks': {} } } };
    const { taskId } = (await ask(base, 'tools/call', { name: 'a__x' }, options)).json.result;
    const stream = await listenAt(base, { taskIds: [taskId, 'a~forged'] }, options);
    expect((await stream.next()).params.notifications).toEqual({ taskIds: [taskId] });
    expect(seen).toEqual([{ taskIds: ['t1'] }]);
    const { params } = await stream.next();
    expect(params).toMatchObject({ taskId, _meta: { [META]: 's' }, status: 'completed' });
    expect(params.result.content[0].uri).toBe('ui://a/x/y');
  });
});

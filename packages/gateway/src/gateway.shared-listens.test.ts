import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ask, bodyOf, headersFor, listenAt } from '../test/federation.ts';
import { memberServer, serveMember } from '../test/members.ts';
import { gatewayTo, open, type Running, read, request, type Upstream, upstream } from '../test/support.ts';
import { until } from '../test/until.ts';
import { secretsFrom } from './config/secret.ts';
import { mintApiKey } from './identify/mint-key.ts';
import { openStore } from './store/hold-store.ts';

const META = 'io.modelcontextprotocol/subscriptionId';
const LISTS = { toolsListChanged: true, promptsListChanged: true };

const changed = (id: number | string, list = 'tools') => ({
  jsonrpc: '2.0',
  method: `notifications/${list}/list_changed`,
  params: { _meta: { [META]: id } },
});

const ended = (id: number | string) => ({
  jsonrpc: '2.0',
  id,
  result: { resultType: 'complete', _meta: { [META]: id } },
});

interface Listened extends Upstream {
  /** What it agrees to from now on; `undefined` for nothing, which it says by an error. */
  agreed: Record<string, unknown> | undefined;
  readonly open: Set<ServerResponse>;
  tell(method: string): void;
}

/** A server that can be listened to, and agrees to what the test says. */
async function listened(agreed: Record<string, unknown> | undefined): Promise<Listened> {
  const streams = new Set<ServerResponse>();
  const send = (res: ServerResponse, message: object) => res.write(`data: ${JSON.stringify(message)}\n\n`);
  const up = await upstream((_, res) => {
    if (state.agreed === undefined) {
      const error = { code: -32601, message: 'No streams here' };
      res.writeHead(404, { 'content-type': 'application/json' });
      res.end(JSON.stringify({ jsonrpc: '2.0', id: 1, error }));
      return;
    }
    streams.add(res);
    res.on('close', () => streams.delete(res));
    res.writeHead(200, { 'content-type': 'text/event-stream' });
    const params = { _meta: { [META]: 1 }, notifications: state.agreed };
    send(res, { jsonrpc: '2.0', method: 'notifications/subscriptions/acknowledged', params });
  });
  const state: Listened = {
    ...{ ...up, agreed, open: streams },
    tell: (method) => {
      for (const res of streams) send(res, { jsonrpc: '2.0', method, params: { _meta: { [META]: 1 } } });
    },
  };
  return state;
}

const inFlightOf = ({ gateway }: Running) => gateway.stats().servers[0]?.replicas[0]?.inFlight;

describe('listeners at the path of one server', () => {
  it('share one stream at the server, each under the id of its own request [SUB-002]', async () => {
    const member = await serveMember(memberServer('alpha'));
    const running = await gatewayTo([member.url]);
    const ids = Array.from({ length: 20 }, (_, i) => `s${i}`);
    const streams = await Promise.all(ids.map((id) => listenAt(running.url, LISTS, { id })));
    for (const [i, stream] of streams.entries())
      expect(await stream.next()).toEqual({
        jsonrpc: '2.0',
        method: 'notifications/subscriptions/acknowledged',
        params: { _meta: { [META]: `s${i}` }, notifications: LISTS },
      });
    expect(inFlightOf(running)).toBe(1);
    member.server.registerTool('more', {}, () => 'more');
    for (const [i, stream] of streams.entries()) expect(await stream.next()).toEqual(changed(`s${i}`));
    for (const stream of streams) stream.close();
    await until(() => inFlightOf(running) === 0);
  });

  it('hear what they asked for, of what the server has agreed to [SUB-001]', async () => {
    const up = await listened({ toolsListChanged: true });
    const { url } = await gatewayTo([up.url]);
    const both = await listenAt(url, LISTS, { id: 'both' });
    expect((await both.next()).params.notifications).toEqual({ toolsListChanged: true });
    const other = await listenAt(url, { promptsListChanged: true }, { id: 'other' });
    expect((await other.next()).params.notifications).toEqual({});
    up.tell('notifications/tools/list_changed');
    expect(await both.next()).toEqual(changed('both'));
    await expect(other.next(50)).rejects.toThrow('nothing came');
    expect(up.seen).toHaveLength(1);
  });

  it('show the server nothing of themselves, where their credentials are not for it', async () => {
    const up = await listened(LISTS);
    const { url } = await gatewayTo([up.url]);
    const headers = { authorization: 'Bearer secret', cookie: 'a=b', 'user-agent': 'x' };
    await (await listenAt(url, LISTS, { headers })).next();
    await (await listenAt(url, LISTS)).next();
    expect(up.seen).toHaveLength(1);
    expect(JSON.stringify(up.seen)).not.toMatch(/secret|user-agent|clientInfo|x-forwarded/);
  });

  it.each([
    ['a token that is passed on', { headers: { authorization: 'Bearer t' } }, {}],
    ['a key that is the server’s business', { headers: { 'x-api-key': 'k' } }, {}],
    ['a header of its own', { headers: { 'x-tenant': 'acme' } }, {}],
    ['a parameter in a header', { headers: { 'mcp-param-region': 'eu' } }, {}],
    ['baggage', { headers: { baggage: 'tenant=acme' } }, {}],
    ['a query', { path: '/mcp?tenant=acme' }, {}],
    ['a single resource', {}, { resourceSubscriptions: ['file:///a'] }],
    ['tasks', { capabilities: { extensions: { 'io.modelcontextprotocol/tasks': {} } } }, { taskIds: ['t'] }],
    ['what nobody knows', {}, { 'com.example/weather': true }],
  ])('have a stream of their own with %s', async (_, options, filter) => {
    const up = await listened({ toolsListChanged: true });
    const running = await gatewayTo([up.url], { authorization: 'pass' });
    const notifications = { toolsListChanged: true, ...filter };
    for (const id of ['a', 'b']) {
      // The acknowledgement is the server's, byte for byte.
      const stream = await listenAt(running.url, notifications, { id, ...options });
      expect((await stream.next()).params._meta).toEqual({ [META]: 1 });
    }
    const sent = ['a', 'b'].map((id) =>
      bodyOf('subscriptions/listen', { notifications }, { id, ...options }),
    );
    expect(up.seen.map(({ body }) => body)).toEqual(sent);
    expect(inFlightOf(running)).toBe(2);
  });

  it('have a stream of their own where their message says more, or cannot be understood', async () => {
    const up = await listened(LISTS);
    const { url } = await gatewayTo([up.url]);
    const whole = bodyOf('subscriptions/listen', { notifications: LISTS });
    const bodies = [
      whole.replace('"_meta":{', '"_meta":{"progressToken":1,'),
      whole.replace('"_meta":{', '"_meta":{"com.example/tenant":"acme",'),
      whole.replace('"params":{', '"params":{"more":1,'),
      whole.replace('"id":1', '"id":1,"id":2'),
      '{',
    ];
    for (const body of bodies) {
      const headers = headersFor('subscriptions/listen', {});
      const res = await open(url, { method: 'subscriptions/listen', headers, body });
      res.destroy();
    }
    await until(() => up.seen.length === bodies.length && up.seen.every(({ body }) => body !== undefined));
    expect(up.seen.map(({ body }) => body)).toEqual(bodies);
  });

  it('get the server’s own answer where it does not agree, the next ones at once', async () => {
    const up = await listened(undefined);
    const { url } = await gatewayTo([up.url]);
    for (const id of [1, 2, 3]) {
      const { status, json } = await ask(url, 'subscriptions/listen', { notifications: LISTS }, { id });
      expect([status, json.error.message]).toEqual([404, 'No streams here']);
    }
    expect(up.seen.map(({ body = '' }) => body.includes('clientInfo'))).toEqual([false, true, true, true]);
  });

  it('have a stream of their own where the server takes its time to agree', async () => {
    const up = await upstream(
      (_, res) => void res.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders(),
    );
    const running = await gatewayTo([up.url]);
    const stream = await listenAt(running.url, LISTS);
    expect(stream.res.statusCode).toBe(200);
    await until(() => inFlightOf(running) === 1);
    expect(up.seen.map(({ body = '' }) => body.includes('clientInfo'))).toEqual([false, true]);
  });

  it('are let in each by the policy, beside others who listen already', async () => {
    const up = await listened(LISTS);
    const [ann, bob] = [mintApiKey({ name: 'ann' }), mintApiKey({ name: 'bob' })];
    const rules = [{ name: 'ann', effect: 'allow', when: 'caller.subject == "ann"' }] as const;
    const rest = {
      identify: { keys: [ann.entry, bob.entry] },
      policy: { default: 'deny', rules },
    } as const;
    const { url } = await gatewayTo([up.url], {}, rest);
    const as = ({ key }: typeof ann) => ({ headers: { authorization: `Bearer ${key}` } });
    for (const id of ['a', 'b']) await (await listenAt(url, LISTS, { id, ...as(ann) })).next();
    const { status } = await ask(url, 'subscriptions/listen', { notifications: LISTS }, as(bob));
    expect([status, up.seen.length]).toEqual([403, 1]);
    expect(JSON.stringify(up.seen)).not.toContain(ann.key);
  });

  it('are each put on record with what they were told', async () => {
    const up = await listened(LISTS);
    const folder = mkdtempSync(path.join(tmpdir(), 'switchyard-audit-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const file = path.join(folder, 'audit.db');
    const { url, gateway } = await gatewayTo([up.url], {}, { store: `sqlite:${file}`, audit: {} });
    const stream = await open(url, {
      ...{ method: 'subscriptions/listen', headers: headersFor('subscriptions/listen', {}) },
      body: bodyOf('subscriptions/listen', { notifications: LISTS }),
    });
    const told = read(stream);
    await gateway.close({ timeoutMs: 5000 });
    const { text } = await told;
    const store = openStore(
      { kind: 'sqlite', file },
      { clock: Date.now, secrets: secretsFrom({ env: {}, log: () => {} }) },
    );
    const [chain = ''] = await store.audit.chains();
    const entries = (await store.audit.read(chain, 0, 100)).map(({ body }) => JSON.parse(body));
    await store.close();
    const sha256 = createHash('sha256').update(text).digest('base64url');
    expect(entries.find(({ event }) => event === 'request')).toMatchObject({
      what: { method: 'subscriptions/listen', door: 's' },
      response: { bytes: Buffer.byteLength(text), sha256 },
      outcome: { status: 200, complete: true },
    });
    expect(text).toContain('"resultType":"complete"');
  });
});

describe('a shared stream', () => {
  it('survives the restart of its server, whose lists may have changed then', async () => {
    const member = await serveMember(memberServer('alpha'));
    const { url } = await gatewayTo([member.url]);
    const stream = await listenAt(url, { toolsListChanged: true }, { id: 'mine' });
    await stream.next();
    await member.close();
    await serveMember(memberServer('alpha'), Number(new URL(member.url).port));
    expect(await stream.next(10_000)).toEqual(changed('mine'));
  });

  it.each([
    ['to less', { toolsListChanged: true }],
    ['to nothing', undefined],
  ])('ends in good order once the server agrees %s', async (_, later) => {
    const up = await listened(LISTS);
    const { url } = await gatewayTo([up.url]);
    const streams = await Promise.all(['a', 'b'].map((id) => listenAt(url, LISTS, { id })));
    for (const stream of streams) await stream.next();
    up.agreed = later;
    for (const res of up.open) res.destroy();
    expect(await streams[0]?.next()).toEqual(ended('a'));
    expect(await streams[1]?.next()).toEqual(ended('b'));
  });

  it('ends in good order when its plan is replaced, and when the gateway closes [SUB-004]', async () => {
    const up = await listened(LISTS);
    const { url, gateway } = await gatewayTo([up.url]);
    const reloaded = await listenAt(url, LISTS, { id: 'r' });
    await reloaded.next();
    gateway.reload({ listen: { port: 0 }, servers: { s: { path: '/mcp', replicas: [up.url] } } });
    expect(await reloaded.next()).toEqual(ended('r'));
    const closed = await listenAt(url, LISTS, { id: 'c' });
    await closed.next();
    void gateway.close({ timeoutMs: 5000 });
    expect(await closed.next()).toEqual(ended('c'));
    await until(() => up.open.size === 0);
  });

  it('ends in good order for a caller whose request was whole only after its plan was replaced', async () => {
    const up = await listened(LISTS);
    const { url, gateway } = await gatewayTo([up.url]);
    const body = bodyOf('subscriptions/listen', { notifications: LISTS }, { id: 'late' });
    const headers = {
      ...headersFor('subscriptions/listen', {}),
      'content-length': String(Buffer.byteLength(body)),
    };
    const req = request(url, { method: 'subscriptions/listen', headers });
    const opened = new Promise<IncomingMessage>((resolve) => req.on('response', resolve));
    req.flushHeaders();
    await until(() => gateway.stats().inFlight === 1);
    gateway.reload({ listen: { port: 0 }, servers: { s: { path: '/mcp', replicas: [up.url] } } });
    req.end(body);
    const { text } = await read(await opened);
    const messages = text.split('\n').filter((line) => line !== '');
    expect(JSON.parse(messages.at(-1)?.slice('data: '.length) ?? 'null')).toEqual(ended('late'));
    await until(() => up.open.size === 0);
  });
});

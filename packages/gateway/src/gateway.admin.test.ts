import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { answering, bodyOf, deferred, headersOf, nowhere, open, post, upstream } from '../test/support.ts';
import { until } from '../test/until.ts';
import { parseConfig } from './config/parse.ts';
import {
  ConfigError,
  createGateway,
  type Gateway,
  type GatewayConfig,
  type GatewayOptions,
} from './index.ts';

const TOKEN = 'planted-operator-token';
const env = { ADMIN: TOKEN, SHORT: 'short' };

interface Operated {
  readonly gateway: Gateway;
  readonly url: string;
  readonly admin: string;
}

async function operated(config: Partial<GatewayConfig>, options: GatewayOptions = {}): Promise<Operated> {
  const gateway = createGateway(
    {
      listen: { port: 0 },
      admin: { port: 0, tokens: { ops: { env: 'ADMIN' } } },
      servers: { s: { path: '/mcp', replicas: [await nowhere()] } },
      ...config,
    },
    { env, random: () => 0, ...options },
  );
  onTestFinished(async () => {
    await gateway.close({ timeoutMs: 0 });
  });
  const { url, admin = '' } = await gateway.listen();
  return { gateway, url, admin };
}

interface Reply {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: whatever JSON a test looks into.
  readonly json: any;
}

interface Ask {
  readonly method?: string;
  readonly token?: string | undefined;
  readonly headers?: http.OutgoingHttpHeaders;
  readonly body?: string;
}

async function ask(base: string, target: string, given: Ask = {}): Promise<Reply> {
  const { method = 'GET', body, headers = {} } = given;
  const token = 'token' in given ? given.token : TOKEN;
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const req = http.request(new URL(target, base), { method, headers: { ...authorization, ...headers } });
  req.end(body);
  const [res]: http.IncomingMessage[] = await once(req, 'response');
  if (res === undefined) throw new Error('no response');
  const chunks: Buffer[] = [];
  for await (const chunk of res) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  return {
    status: res.statusCode ?? 0,
    headers: res.headers,
    text,
    json: res.headers['content-type'] === 'application/json' ? JSON.parse(text) : undefined,
  };
}

describe('the admin port', () => {
  it('tells health and readiness to anybody who reaches it, and nothing else to anybody', async () => {
    const { admin } = await operated({});
    expect(await ask(admin, '/healthz', { token: undefined })).toMatchObject({
      status: 200,
      json: { status: 'ok' },
    });
    expect(await ask(admin, '/readyz', { token: undefined })).toMatchObject({
      status: 200,
      json: { status: 'ready' },
    });
    const paths = ['/metrics', '/servers', '/plan', '/audit', '/pins', '/no-such'];
    for (const target of paths) {
      for (const token of [undefined, 'wrong', `${TOKEN}x`, ''])
        expect((await ask(admin, target, { token })).status).toBe(401);
    }
    for (const target of ['/reload', '/drain', '/pins/approve', '/pins/reject'])
      expect((await ask(admin, target, { method: 'POST', token: undefined })).status).toBe(401);
    expect((await ask(admin, '/readyz', { token: undefined })).json).toEqual({ status: 'ready' });
  });

  it('is never reached where callers come in, and its token is worth nothing there', async () => {
    const { url } = await upstream(answering());
    const { url: base, admin } = await operated({ servers: { s: { path: '/mcp', replicas: [url] } } });
    for (const target of ['/healthz', '/readyz', '/metrics', '/servers', '/plan', '/drain', '/audit'])
      expect((await ask(base, target)).status).toBe(404);
    const smuggled = await ask(base, '/mcp/../plan');
    expect(smuggled.status).toBe(404);
    expect(
      (await ask(admin, '/mcp', { method: 'POST', headers: headersOf({}), body: String(bodyOf({})) })).status,
    ).toBe(404);
  });

  it('does not take the token of a caller of tools', async () => {
    const { admin } = await operated({});
    const callers = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9.';
    for (const token of [callers, 'sk_live_0123456789abcdef'])
      expect((await ask(admin, '/plan', { token })).status).toBe(401);
    expect((await ask(admin, `/plan?access_token=${TOKEN}`, { token: undefined })).status).toBe(401);
    expect(
      (await ask(admin, '/plan', { token: undefined, headers: { cookie: `token=${TOKEN}` } })).status,
    ).toBe(401);
  });

  it('listens to no page, under whatever name it got there', async () => {
    const { admin } = await operated({});
    expect((await ask(admin, '/plan', { headers: { origin: 'https://evil.example' } })).status).toBe(403);
    expect((await ask(admin, '/plan', { headers: { origin: admin } })).status).toBe(403);
    expect((await ask(admin, '/plan', { headers: { host: 'rebound.example' } })).status).toBe(403);
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await ask(admin, '/drain', { method: 'POST', headers: form, body: 'a=b' })).status).toBe(415);
    const preflight = await ask(admin, '/drain', {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example' },
    });
    expect([preflight.status, preflight.headers['access-control-allow-origin']]).toEqual([403, undefined]);
    expect((await ask(admin, '/readyz', { token: undefined })).json).toEqual({ status: 'ready' });
  });

  it('shows the plan, and no secret of it', async () => {
    const { admin } = await operated({
      servers: { s: { path: '/mcp', replicas: ['http://127.0.0.1:1/mcp?key=planted'] } },
    });
    const { json, text } = await ask(admin, '/plan');
    expect(json).toMatchObject({
      servers: [{ name: 's', path: '/mcp', replicas: ['http://127.0.0.1:1/mcp'] }],
    });
    expect(text).not.toContain('planted');
  });

  it('tells a server of another era from one that fails', async () => {
    const modern = await upstream((req, res) => {
      req.resume();
      const result = {
        resultType: 'complete',
        supportedVersions: ['2026-07-28'],
        capabilities: { tools: {} },
        serverInfo: { name: 'm', version: '2.1.0' },
      };
      res
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ jsonrpc: '2.0', id: 1, result }));
    });
    const older = await upstream((req, res) => {
      req.resume();
      res
        .writeHead(400, { 'content-type': 'application/json' })
        .end('{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"Session required"}}');
    });
    const { admin } = await operated({
      servers: {
        modern: { replicas: [modern.url] },
        older: { replicas: [older.url] },
        dead: { replicas: [await nowhere()], retries: 0 },
      },
    });
    const { json } = await ask(admin, '/servers');
    expect(json.servers).toMatchObject([
      { name: 'modern', era: '2026-07-28', capabilities: ['tools'], serverInfo: { version: '2.1.0' } },
      { name: 'older', era: 'older', why: 'error -32000' },
      { name: 'dead', era: 'unreachable', why: 'no-replica', replicas: [{ state: 'in', failures: 1 }] },
    ]);
  });

  it('counts and times what is asked, by names that servers have answered to', async () => {
    const { url } = await upstream((req, res) => {
      if (String(req.headers['mcp-name']).startsWith('made-up')) {
        req.resume();
        res.writeHead(404, { 'content-type': 'application/json' }).end('{}');
      } else answering()(req, res);
    });
    const { url: base, admin } = await operated({ servers: { s: { path: '/mcp', replicas: [url] } } });
    for (let i = 0; i < 3; i++) await post(base, { name: 'add' });
    for (let i = 0; i < 5; i++) await post(base, { name: `made-up-${i}` });
    await post(base, { path: '/no-such' });
    const { text, headers } = await ask(admin, '/metrics');
    expect(headers['content-type']).toContain('text/plain; version=0.0.4');
    const line =
      'mcp_server_operation_duration_seconds_count{mcp_method_name="tools/call",switchyard_server="s",gen_ai_tool_name=';
    expect(text).toContain(`${line}"add"} 3\n`);
    expect(text).toContain(`${line}"_OTHER",error_type="404"} 5\n`);
    expect(text).not.toContain('made-up');
    expect(text).toContain('switchyard_turned_away_total{reason="no-such-path"} 1\n');
    expect(text).toContain(`switchyard_replica_requests_total{switchyard_server="s",replica="${url}"} 8\n`);
  });

  it('keeps the number of series bounded, whatever callers send', async () => {
    const { url } = await upstream(answering());
    const { url: base, admin } = await operated({ servers: { s: { path: '/mcp', replicas: [url] } } });
    const agent = new http.Agent({ keepAlive: true });
    onTestFinished(() => agent.destroy());
    for (let i = 0; i < 600; i++) await post(base, { name: `tool-${i}`, agent });
    for (let i = 0; i < 60; i++) await post(base, { method: `made/up-${i}`, agent });
    const { text } = await ask(admin, '/metrics');
    expect(text.match(/_count\{[^}]*gen_ai_tool_name=/g)).toHaveLength(501);
    expect(new Set(text.match(/mcp_method_name="[^"]*"/g)).size).toBeLessThanOrEqual(51);
    expect(text).toContain('gen_ai_tool_name="_OTHER"} 100\n');
  });

  it('says when no more requests are wanted, and serves those that come', async () => {
    const { url } = await upstream(answering());
    const { url: base, admin } = await operated({ servers: { s: { path: '/mcp', replicas: [url] } } });
    expect((await ask(admin, '/drain', { method: 'POST' })).json).toEqual({ status: 'draining' });
    expect((await ask(admin, '/readyz', { token: undefined })).status).toBe(503);
    expect((await post(base)).status).toBe(200);
  });

  it('is there until the last request is done', async () => {
    const go = deferred();
    const { url } = await upstream(async (req, res) => {
      await go.promise;
      answering()(req, res);
    });
    const {
      gateway,
      url: base,
      admin,
    } = await operated({ servers: { s: { path: '/mcp', replicas: [url] } } });
    const pending = open(base).catch(() => undefined);
    await until(() => gateway.stats().inFlight === 1);
    const closed = gateway.close({ timeoutMs: 500 });
    await until(async () => (await ask(admin, '/readyz', { token: undefined })).status === 503);
    expect((await ask(admin, '/healthz', { token: undefined })).status).toBe(200);
    go.resolve();
    await Promise.all([closed, pending]);
    await expect(ask(admin, '/healthz')).rejects.toThrow();
  });

  it('reads the configuration again, and says what is wrong with it', async () => {
    const { url } = await upstream(answering());
    let text = '';
    const reread = async () => parseConfig(text, { file: 'g.yaml' }).plan;
    const { admin, gateway } = await operated({}, { reread });
    text = `{ listen: { port: 0 }, admin: { port: 0, tokens: { ops: { env: ADMIN } } }, servers: { a: { replicas: ['${url}'] } } }`;
    expect((await ask(admin, '/reload', { method: 'POST' })).json).toEqual({ servers: 1 });
    expect(gateway.stats().servers[0]?.name).toBe('a');
    text = 'servers: { b: { replica: [] } }';
    const wrong = await ask(admin, '/reload', { method: 'POST' });
    expect([wrong.status, wrong.json.problems.length > 0]).toEqual([422, true]);
    expect(gateway.stats().servers[0]?.name).toBe('a');
    const { admin: other } = await operated({});
    expect((await ask(other, '/reload', { method: 'POST' })).status).toBe(409);
  });

  it('reads it once at a time: what was asked for last is in force at the end', async () => {
    const { url } = await upstream(answering());
    const plan = (server: string) =>
      parseConfig(
        `{ listen: { port: 0 }, admin: { port: 0, tokens: { ops: { env: ADMIN } } }, servers: { ${server}: { replicas: ['${url}'] } } }`,
      ).plan;
    const slow = deferred();
    let reads = 0;
    const reread = async () => {
      reads += 1;
      if (reads > 1) return plan('second');
      await slow.promise;
      return plan('first');
    };
    const { admin, gateway } = await operated({}, { reread });
    const first = ask(admin, '/reload', { method: 'POST' });
    await until(() => reads === 1);
    const second = ask(admin, '/reload', { method: 'POST' });
    // Answered after it was asked for a second time, on a connection of its own.
    await ask(admin, '/servers');
    slow.resolve();
    expect([(await first).status, (await second).status]).toEqual([200, 200]);
    expect(gateway.stats().servers[0]?.name).toBe('second');
  });

  it('puts on record what operators do, and shows the record to them', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'switchyard-admin-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const { url } = await upstream(answering());
    const { admin, url: base } = await operated({
      ...{ store: `sqlite:${folder}/a.db`, audit: {}, servers: { s: { path: '/mcp', replicas: [url] } } },
    });
    await post(base, { name: 'add' });
    await ask(admin, '/drain', { method: 'POST' });
    const found = async (query: string) => (await ask(admin, `/audit?${query}`)).text.trim();
    await until(async () => (await found('event=admin')) !== '');
    expect(JSON.parse((await found('event=admin')).split('\n').at(-1) ?? '').record).toMatchObject({
      ...{ operator: 'ops', what: 'POST /drain', status: 200 },
    });
    expect(JSON.parse(await found('event=request&name=add')).record.server.name).toBe('s');
    expect((await ask(admin, '/audit?limit=0')).status).toBe(400);
    expect((await ask(admin, '/pins')).json).toEqual({ pins: [] });
    expect(
      (
        await ask(admin, '/pins/approve', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: '{"server":"s","kind":"tool","name":"x"}',
        })
      ).status,
    ).toBe(404);
  });

  it('is not made with tokens that can be guessed, nor bound where anybody is without saying its name', () => {
    const make = (admin: GatewayConfig['admin']) => () =>
      createGateway(
        { ...(admin === undefined ? {} : { admin }), servers: { s: { replicas: ['http://h/'] } } },
        { env },
      );
    expect(make({ tokens: { ops: { env: 'SHORT' } } })).toThrow(
      /admin\.tokens\.ops refers to a token of fewer than 16/,
    );
    expect(make({ tokens: { ops: { env: 'NONE' } } })).toThrow(ConfigError);
    expect(make({ host: '0.0.0.0' })).toThrow(/set admin\.allowedHosts/);
    expect(make({ tokens: { ops: 'planted' as never } })).toThrow(ConfigError);
    expect(make({ tokens: { ops: 'planted' as never } })).not.toThrow(/planted/);
  });
});

import { describe, expect, it } from 'vitest';
import {
  answering,
  bodyOf,
  type Call,
  exchangeBytes,
  gatewayTo,
  headersOf,
  post,
  startGateway,
  upstream,
} from '../test/support.ts';
import type { GatewayConfig } from './index.ts';

/** A gateway in front of a server that answers everything, and a check that nothing reached it. */
async function guarded(config: Partial<GatewayConfig> = {}) {
  const up = await upstream(answering());
  const running = await gatewayTo([up.url], {}, config);
  const refused = async (call: Call) => {
    const answer = await post(running.url, call);
    expect(up.seen, `reached the server with ${answer.status}`).toEqual([]);
    return answer;
  };
  return { ...running, up, refused };
}

describe('a request is let in', () => {
  it('with any method name: what is unknown here may be an extension', async () => {
    const { url } = await guarded();
    expect((await post(url, { method: 'tasks/get', headers: { 'mcp-name': 'task-1' } })).status).toBe(200);
  });

  it('with header names in any case [HTTP-001] [HTTP-040]', async () => {
    const { url } = await guarded();
    const headers = {
      'mcp-method': undefined,
      'MCP-METHOD': 'tools/call',
      'mcp-name': undefined,
      'Mcp-name': ' add ',
      'mcp-protocol-version': undefined,
      'Mcp-Protocol-VERSION': '2026-07-28',
      'content-type': 'APPLICATION/JSON; charset=utf-8',
    };
    expect((await post(url, { headers })).status).toBe(200);
  });

  it('for the loopback names on a loopback bind [HTTP-004]', async () => {
    const { url, port } = await guarded();
    for (const host of ['localhost', `localhost:${port}`, '127.0.0.1:1', '[::1]:80', 'LOCALHOST']) {
      expect((await post(url, { headers: { host } })).status).toBe(200);
    }
    for (const origin of ['http://localhost', 'http://127.0.0.1:5173', 'https://[::1]:1', undefined]) {
      const answer = await post(url, { headers: { origin } });
      expect(answer.status).toBe(200);
      expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
    }
  });

  it('with the absolute form of its target', async () => {
    const { port } = await guarded();
    const send = (target: string) => {
      const headers = Object.entries({ host: 'localhost', connection: 'close', ...headersOf({}) });
      const head = headers.map(([name, value]) => `${name}: ${String(value)}\r\n`).join('');
      return exchangeBytes(port, `POST ${target} HTTP/1.1\r\n${head}\r\n${bodyOf({})}`);
    };
    expect(await send(`http://localhost:${port}/mcp`)).toMatch(/^HTTP\/1\.1 200 /);
    expect(await send('http://evil.example/mcp')).toMatch(/^HTTP\/1\.1 403 /);
    expect(await send('ftp://localhost/mcp')).toMatch(/^HTTP\/1\.1 400 /);
  });
});

describe('a request is refused, and does not reach the server', () => {
  it('for a Host that is not ours [HTTP-002]', async () => {
    const { refused, port } = await guarded();
    for (const host of [
      'evil.example.com',
      `evil.example.com:${port}`,
      'localhost.evil.com',
      '[::1',
      'localhost@evil',
    ]) {
      const answer = await refused({ headers: { host } });
      expect([answer.status, host]).toEqual([403, host]);
    }
  });

  it('for an Origin that is not allowed, with no id in the answer [HTTP-003]', async () => {
    const { refused } = await guarded();
    for (const origin of [
      'http://evil.example.com',
      'null',
      'http://localhost.evil.com',
      'http://localhost:x',
      '',
    ]) {
      const answer = await refused({ headers: { origin } });
      expect([answer.status, answer.json]).toMatchObject([403, { error: { code: -32600 } }]);
      expect(answer.json).not.toHaveProperty('id');
    }
  });

  it('for a path that nobody has, whatever the HTTP method', async () => {
    const { refused } = await guarded();
    for (const httpMethod of ['POST', 'GET', 'DELETE']) {
      const answer = await refused({ path: '/other', httpMethod });
      expect([answer.status, answer.json.error.code]).toEqual([404, -32600]);
    }
  });

  it('for an HTTP method other than POST [HTTP-048] [HTTP-051]', async () => {
    const { refused } = await guarded();
    for (const httpMethod of ['GET', 'DELETE', 'PUT', 'OPTIONS', 'PATCH', 'HEAD']) {
      const { status, headers } = await refused({ httpMethod, body: '' });
      expect([httpMethod, status, headers.allow]).toEqual([httpMethod, 405, 'POST']);
    }
  });

  it('for a media type or encoding other than plain JSON', async () => {
    const { refused } = await guarded();
    const bad = [
      { 'content-type': undefined },
      { 'content-type': 'text/plain' },
      { 'content-type': 'application/jsonx' },
      { 'content-type': 'application/json-seq' },
      { 'content-encoding': 'gzip' },
    ];
    for (const headers of bad) expect((await refused({ headers })).status).toBe(415);
  });

  it('without the protocol version, or with one that is older, newer or no version [HTTP-045] [HTTP-046] [HTTP-047]', async () => {
    const { refused } = await guarded();
    const missing = await refused({ id: 7, headers: { 'mcp-protocol-version': undefined } });
    expect([missing.status, missing.json.id, missing.json.error.code]).toEqual([400, 7, -32020]);
    for (const requested of ['2025-11-25', '2099-01-01', 'v999.0.0']) {
      const { status, json } = await refused({ id: 8, headers: { 'mcp-protocol-version': requested } });
      expect([status, json.id, json.error.code]).toEqual([400, 8, -32022]);
      expect(json.error.data).toEqual({ supported: ['2026-07-28'], requested });
    }
  });

  it('without a mirrored header that its method needs, or with one that cannot be read [BASE-009] [BASE-010] [BASE-016]', async () => {
    const { refused } = await guarded();
    const bad: [Call['headers'], string][] = [
      [{ 'mcp-method': undefined }, 'Mcp-Method is missing'],
      [{ 'mcp-method': 'tools call' }, 'Mcp-Method contains invalid characters'],
      [{ 'mcp-method': ['tools/call', 'tools/list'] }, 'mcp-method stands twice'],
      [{ 'mcp-name': undefined }, 'Mcp-Name is missing; tools/call needs it'],
      [{ 'mcp-name': ['a', 'b'] }, 'mcp-name stands twice'],
      [{ 'mcp-name': '=?base64?w7w?=' }, 'Mcp-Name cannot be read'],
      [{ 'mcp-name': '=?base64?/w==?=' }, 'Mcp-Name cannot be read'],
      [{ 'mcp-name': 'caf\u00e9' }, 'Mcp-Name cannot be read: it contains invalid characters'],
      [{ 'mcp-protocol-version': ['2026-07-28', '2026-07-28'] }, 'mcp-protocol-version stands twice'],
    ];
    for (const [headers, message] of bad) {
      const { status, json } = await refused({ id: 3, ...(headers ? { headers } : {}) });
      expect([status, json.id, json.error.code]).toEqual([400, 3, -32020]);
      expect(json.error.message).toContain(message);
    }
  });

  it('with an encoded name read as what it says, in exactly that spelling [HTTP-030] [HTTP-031]', async () => {
    const { url } = await guarded();
    for (const name of ['=?base64?w7w=?=', '=?BASE64?w7w=?=', '=?base64?w7w=', 'w7w=?=']) {
      expect((await post(url, { headers: { 'mcp-name': name } })).status).toBe(200);
    }
  });

  it('with a declared body beyond the limit', async () => {
    const { refused } = await guarded({ limits: { body: '1KiB' } });
    expect((await refused({ body: 'x'.repeat(1025) })).status).toBe(413);
  });

  it('with more headers than the limits admit', async () => {
    const many = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`x-${i}`, '1']));
    const counted = await guarded({ limits: { headerCount: 16 } });
    expect((await counted.refused({ headers: many })).status).toBe(431);
    const sized = await guarded({ limits: { headers: '2KiB' } });
    expect((await post(sized.url, { headers: { 'x-long': 'y'.repeat(3000) } })).status).toBe(431);
    expect(sized.up.seen).toEqual([]);
  });

  it('when it has been here before', async () => {
    const up = await upstream(answering());
    const { gateway, url } = await gatewayTo([up.url]);
    const servers = { s: { path: '/mcp', replicas: [`${url}/mcp`] } };
    gateway.reload({ listen: { port: 0 }, servers });
    expect(await post(url)).toMatchObject({ status: 508 });
  });

  it('when too many are in progress, until one is done', async () => {
    const answers: (() => void)[] = [];
    const up = await upstream((_, res) => answers.push(() => res.end('{}')));
    const { url } = await gatewayTo([up.url], {}, { limits: { inFlight: 1 } });
    const first = post(url);
    await new Promise((resolve) => up.server.once('request', resolve));
    const second = await post(url, { id: 2 });
    expect([second.status, second.headers['retry-after'], second.json.id]).toEqual([503, '1', 2]);
    expect(second.json.error.data).toEqual({ source: 'gateway', reason: 'overloaded', mayHaveRun: false });
    answers[0]?.();
    await first;
    const third = post(url);
    await new Promise((resolve) => up.server.once('request', resolve));
    answers[1]?.();
    expect((await third).status).toBe(200);
  });

  it('with error codes outside what JSON-RPC reserves, or of the specification [BASE-011] [BASE-012] [BASE-013] [BASE-015] [BASE-017] [BASE-018] [SCHEMA-001]', async () => {
    const { REFUSALS } = await import('./index.ts');
    const defined = [-32600, -32602, -32603, -32020, -32022];
    for (const { code, message } of Object.values(REFUSALS)) {
      expect(Number.isInteger(code) && (code > 0 || defined.includes(code))).toBe(true);
      expect(message.split('. ').length).toBeLessThanOrEqual(2);
    }
  });
});

describe('pages of other origins', () => {
  const origin = 'https://app.example.com';
  const config = { allowedOrigins: [origin] };

  it('of the configuration get CORS, whatever the server says of it, and no others do', async () => {
    const { url } = await guarded(config);
    const allowed = await post(url, { headers: { origin } });
    expect(allowed.status).toBe(200);
    expect(allowed.headers).toMatchObject({ 'access-control-allow-origin': origin, vary: 'origin' });
    const refused = await post(url, { headers: { origin: 'http://localhost:1' } });
    expect(refused.status).toBe(403);
    expect(refused.headers).not.toHaveProperty('access-control-allow-origin');
    const unknown = await post(url, { headers: { origin, 'mcp-method': undefined } });
    expect(unknown.headers['access-control-allow-origin']).toBe(origin);
  });

  it('may ask first, and are told the headers of the revision and the parameters they ask for', async () => {
    const { refused } = await guarded(config);
    const preflight = (headers: Record<string, string>, path = '/mcp') =>
      refused({
        httpMethod: 'OPTIONS',
        body: '',
        path,
        headers: {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'mcp-param-region, x-evil, Mcp-Param-A\u00e9',
          ...headers,
        },
      });
    const { status, headers } = await preflight({});
    expect([status, headers['access-control-allow-methods']]).toEqual([204, 'POST']);
    const allowed = String(headers['access-control-allow-headers']).split(', ');
    expect(allowed).toContain('mcp-method');
    expect(allowed).toContain('mcp-param-region');
    expect(allowed).not.toContain('x-evil');
    expect((await preflight({ origin: 'https://evil.example' })).status).toBe(403);
    expect((await preflight({ host: 'evil.example' })).status).toBe(403);
    expect((await preflight({ 'access-control-request-method': 'DELETE' })).status).toBe(405);
    expect((await preflight({}, '/nope')).status).toBe(404);
  });
});

describe('hosts of the configuration', () => {
  it('are the only ones, with any port where they name none', async () => {
    const up = await upstream(answering());
    const { url } = await startGateway({
      allowedHosts: ['mcp.example.com', 'other.example:8443'],
      servers: { s: { path: '/mcp', replicas: [up.url] } },
    });
    const status = async (host: string) => (await post(url, { headers: { host } })).status;
    expect(await status('MCP.example.com')).toBe(200);
    expect(await status('mcp.example.com:99')).toBe(200);
    expect(await status('other.example:8443')).toBe(200);
    expect(await status('other.example')).toBe(403);
    expect(await status('localhost')).toBe(403);
  });
});

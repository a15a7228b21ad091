import { createServer, deny } from '@switchyard/server';
import { expect, it } from 'vitest';
import type { BaseOptions } from '../../support/matrix.ts';
import { overHttp } from '../../support/matrix.ts';
import { headersOf, requestOf } from '../../support/messages.ts';

function build(options: BaseOptions) {
  const server = createServer({ name: 'ladder', version: '1.0.0' }, options);
  server.registerTool('echo', {}, () => 'echo');
  return server;
}

const list = requestOf('tools/list');
const good = { headers: headersOf(list), body: JSON.stringify(list) };

/** Status, code and id of a refusal before the message is read. */
async function refusal(response: Response) {
  const text = await response.text();
  const { error, id } = text.startsWith('{') ? JSON.parse(text) : {};
  return { status: response.status, code: error?.code, id };
}

overHttp('the rungs before the body', (start, way) => {
  it.each(['GET', 'DELETE', 'PUT', 'PATCH', 'OPTIONS'])(
    'answer %s with 405 and what is allowed [HTTP-048]',
    async (verb) => {
      const peer = await start(build);
      const response = await peer.send({ verb, headers: { accept: 'text/event-stream' } });
      expect(response.headers.get('allow')).toBe('POST');
      expect(await refusal(response)).toEqual({ status: 405, code: -32600, id: undefined });
    },
  );

  it.each(['text/plain', 'application/json-patch+json', 'application/jsonx', ''])(
    'answer Content-Type %j with 415',
    async (type) => {
      const peer = await start(build);
      const response = await peer.send({ ...good, headers: { ...good.headers, 'content-type': type } });
      expect(await refusal(response)).toEqual({ status: 415, code: -32600, id: undefined });
    },
  );

  it.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON'])(
    'take Content-Type %j',
    async (type) => {
      const peer = await start(build);
      const answer = await peer.call('tools/list', {}, { headers: { 'content-type': type } });
      expect(answer.status).toBe(200);
    },
  );

  it.each(['text/html', 'image/png, text/plain;q=0.5', 'application/json;q=0, text/event-stream;q=0.0'])(
    'answer Accept %j with 406 [HTTP-009]',
    async (accept) => {
      const peer = await start(build);
      const answer = await peer.call('tools/list', {}, { headers: { accept } });
      expect([answer.status, answer.code]).toEqual([406, -32600]);
    },
  );

  it.each(['*/*', 'application/*', 'text/event-stream', 'application/json;q=0.5', undefined])(
    'take Accept %j [HTTP-009]',
    async (accept) => {
      const peer = await start(build);
      const answer = await peer.call('tools/list', {}, { headers: { accept } });
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json']);
    },
  );

  it.each([
    'http://evil.example',
    'https://localhost.evil.example',
    'null',
    'file://',
    'http://127.0.0.1.evil.example',
  ])(
    'answer the origin %j with 403, whatever the method [HTTP-001] [HTTP-002] [HTTP-003]',
    async (origin) => {
      const peer = await start(build);
      for (const verb of ['POST', 'GET']) {
        const body = verb === 'POST' ? { body: good.body } : {};
        const response = await peer.send({ verb, headers: { ...good.headers, origin }, ...body });
        expect(await refusal(response)).toEqual({ status: 403, code: -32600, id: undefined });
      }
    },
  );

  it.each(['http://localhost', 'http://localhost:5173', 'https://127.0.0.1:8443', 'http://[::1]:3000'])(
    'take the origin %j',
    async (origin) => {
      const peer = await start(build);
      expect((await peer.call('tools/list', {}, { headers: { origin } })).status).toBe(200);
    },
  );

  it('take the origins that are allowed, whole, and no other [HTTP-001]', async () => {
    const allowedOrigins = ['https://app.example'];
    const peer = await start((options) => build({ ...options, allowedOrigins }));
    const status = async (origin: string) =>
      (await peer.call('tools/list', {}, { headers: { origin } })).status;
    expect(await status('https://app.example')).toBe(200);
    expect(await status('https://APP.example')).toBe(200);
    expect(await status('http://app.example')).toBe(403);
    expect(await status('https://app.example:8443')).toBe(403);
    expect(await status('https://evil.app.example')).toBe(403);
    expect(await status('http://localhost')).toBe(403);
  });

  it.each([
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example:80',
    'local host',
    '0x7f.1.example',
  ])('answer the host %j with 403', async (host) => {
    const peer = await start(build);
    const answer = await peer.call('tools/list', {}, { headers: { host } });
    expect([answer.status, answer.code]).toEqual([403, -32600]);
  });

  it('take the hosts that are allowed, on any port', async () => {
    const peer = await start((options) => build({ ...options, allowedHosts: ['mcp.example'] }));
    const status = async (host: string) => (await peer.call('tools/list', {}, { headers: { host } })).status;
    expect(await status('mcp.example')).toBe(200);
    expect(await status('MCP.example:8443')).toBe(200);
    expect(await status('localhost')).toBe(403);
  });

  it('refuse a body beyond the limit, declared or not [BASE-009]', async () => {
    const peer = await start((options) => build({ ...options, limits: { bodyBytes: 500 } }));
    const body = JSON.stringify(requestOf('tools/list', { padding: 'x'.repeat(1000) }));
    const declared = await peer.send({ headers: good.headers, body });
    expect(await refusal(declared)).toEqual({ status: 413, code: -32600, id: undefined });
    const bytes = new TextEncoder().encode(body);
    const stream = new ReadableStream({
      start(controller) {
        for (let at = 0; at < bytes.length; at += 100) controller.enqueue(bytes.slice(at, at + 100));
        controller.close();
      },
    });
    const chunked = await peer.send({ headers: good.headers, body: stream }).catch(() => undefined);
    // A server that hangs up while it is still being written to may break the connection off.
    if (chunked !== undefined || way !== 'over a socket') expect(chunked?.status).toBe(413);
  });

  it('refuse callers that nobody vouches for, with a challenge [HTTP-005]', async () => {
    const authenticate = ({ header }: { header(name: string): string | undefined }) => {
      const token = header('authorization');
      if (token === 'Bearer good') return { issuer: 'test', subject: 'me', scopes: [] };
      return token === undefined ? undefined : deny(403, 'Bearer error="insufficient_scope"');
    };
    const peer = await start((options) => build({ ...options, authenticate }));
    const nobody = await peer.call('tools/list');
    const poor = await peer.call('tools/list', {}, { token: 'poor' });
    const good = await peer.call('tools/list', {}, { token: 'good' });
    expect([nobody.status, nobody.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    expect([poor.status, poor.headers.get('www-authenticate')]).toEqual([
      403,
      'Bearer error="insufficient_scope"',
    ]);
    expect(good.status).toBe(200);
    // Not even a message that cannot be read is answered before that.
    expect((await peer.post('nonsense', { 'content-type': 'application/json' })).status).toBe(401);
  });

  it('say nothing of why a caller could not be identified', async () => {
    const authenticate = () => {
      throw new Error('the database password is hunter2');
    };
    const peer = await start((options) => build({ ...options, authenticate }));
    const answer = await peer.call('tools/list');
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
    expect(answer.text).not.toContain('hunter2');
    expect(peer.errors.splice(0)).toMatchObject([{ where: 'authenticate' }]);
  });

  it('ignore sessions and resumption, and mint none [HTTP-049] [HTTP-050]', async () => {
    const peer = await start(build);
    const headers = { 'mcp-session-id': 'abc', 'last-event-id': '7' };
    const answer = await peer.call('tools/call', { name: 'echo' }, { headers });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('mcp-session-id')).toBeNull();
    expect(answer.text).not.toMatch(/^id:/m);
  });

  it('send callers elsewhere once the server is closing', async () => {
    const peer = await start(build);
    await peer.call('tools/list');
    if (way === 'over a socket') return;
    await Promise.all(peer.servers.map((server) => server.close()));
    const answer = await peer.call('tools/list');
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
  });
});

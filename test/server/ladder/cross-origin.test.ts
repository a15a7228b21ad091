import { createServer } from '@switchyard/server';
import { expect, it } from 'vitest';
import type { BaseOptions } from '../../support/matrix.ts';
import { overHttp } from '../../support/matrix.ts';
import { headersOf, requestOf } from '../../support/messages.ts';
import type { HttpPeer } from '../../support/peer.ts';

const origin = 'https://app.example';

function build(options: BaseOptions, allowedOrigins?: readonly string[]) {
  const server = createServer(
    { name: 'pages', version: '1.0.0' },
    allowedOrigins === undefined ? options : { ...options, allowedOrigins },
  );
  server.registerTool('count', {}, (ctx) => {
    ctx.progress(1, 1);
    return 'counted';
  });
  return server;
}

function preflight(peer: HttpPeer, headers: Readonly<Record<string, string>> = {}) {
  const asked = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'mcp-method' };
  return peer.send({ verb: 'OPTIONS', headers: { host: '127.0.0.1', origin, ...asked, ...headers } });
}

/** What a response says of CORS. */
function said({ headers }: { readonly headers: Headers }) {
  return Object.fromEntries([...headers].filter(([name]) => /^access-control-|^vary$/.test(name)));
}

overHttp('pages of other origins', (start) => {
  it('read nothing unless their origin is configured', async () => {
    const peer = await start((options) => build(options));
    for (const from of ['http://localhost:5173', origin]) {
      const answer = await peer.call('tools/list', {}, { headers: { origin: from } });
      expect(said(answer)).toEqual({});
      const refused = await preflight(peer, { origin: from });
      expect([refused.status < 400, said(refused)]).toEqual([false, {}]);
    }
  });

  it('are told by a preflight what they may send, whoever they are', async () => {
    const authenticate = () => undefined;
    const peer = await start((options) => build({ ...options, authenticate }, [origin]));
    const requested = 'mcp-param-region, x-evil, authorization';
    const answer = await preflight(peer, { 'access-control-request-headers': requested });
    expect(answer.status).toBe(204);
    expect(await answer.text()).toBe('');
    const { 'access-control-allow-headers': allowed, ...others } = said(answer);
    expect(allowed?.split(', ')).toEqual(
      expect.arrayContaining(['authorization', 'content-type', 'dpop', 'mcp-method', 'mcp-param-region']),
    );
    expect(allowed).not.toContain('x-evil');
    expect(others).toEqual({
      'access-control-allow-origin': origin,
      'access-control-allow-methods': 'POST',
      'access-control-expose-headers': 'retry-after, www-authenticate, dpop-nonce',
      'access-control-max-age': '600',
      vary: 'origin',
    });
  });

  it('read answers, streams and refusals', async () => {
    const authenticate = ({ header }: { header(name: string): string | undefined }) =>
      header('authorization') === undefined ? undefined : { issuer: 'test', subject: 'me', scopes: [] };
    const peer = await start((options) => build({ ...options, authenticate }, [origin]));
    const headers = { origin };
    const readable = { 'access-control-allow-origin': origin, vary: 'origin' };
    const list = await peer.call('tools/list', {}, { headers, token: 'good' });
    expect([list.status, said(list)]).toMatchObject([200, readable]);
    const meta = { progressToken: 1 };
    const message = requestOf('tools/call', { name: 'count' }, { meta });
    const stream = await peer.post(JSON.stringify(message), headersOf(message, { headers, token: 'good' }));
    expect(stream.headers.get('content-type')).toBe('text/event-stream');
    expect(said(stream)).toMatchObject(readable);
    const nobody = await peer.call('tools/list', {}, { headers });
    expect([nobody.status, nobody.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    expect(said(nobody)).toMatchObject(readable);
    const wrong = await peer.send({ verb: 'GET', headers: { host: '127.0.0.1', origin } });
    expect([wrong.status, said(wrong)]).toMatchObject([405, readable]);
  });

  it('of other origins are refused, and caches told why answers differ [HTTP-001] [HTTP-003]', async () => {
    const peer = await start((options) => build(options, [origin]));
    for (const from of ['https://evil.example', 'https://app.example.evil.example', 'null']) {
      const answer = await peer.call('tools/list', {}, { headers: { origin: from } });
      expect([answer.status, said(answer)]).toEqual([403, { vary: 'origin' }]);
      const refused = await preflight(peer, { origin: from });
      expect([refused.status, said(refused)]).toEqual([403, { vary: 'origin' }]);
    }
    expect(said(await peer.call('tools/list'))).toEqual({ vary: 'origin' });
  });

  it('get nowhere by a host that is not served [HTTP-002]', async () => {
    const peer = await start((options) => build(options, [origin]));
    expect((await preflight(peer, { host: 'evil.example' })).status).toBe(403);
  });

  it('are answered with 405 where they ask for another method', async () => {
    const peer = await start((options) => build(options, [origin]));
    const answer = await preflight(peer, { 'access-control-request-method': 'DELETE' });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
  });

  it('are all let in by a star, without credentials', async () => {
    const peer = await start((options) => build(options, ['*']));
    const answer = await preflight(peer, { origin: 'https://any.example' });
    expect([answer.status, said(answer)]).toMatchObject([204, { 'access-control-allow-origin': '*' }]);
    expect(said(answer)).not.toHaveProperty('access-control-allow-credentials');
    const list = await peer.call('tools/list', {}, { headers: { origin: 'https://any.example' } });
    expect(said(list)).toMatchObject({ 'access-control-allow-origin': '*' });
    expect(said(list)).not.toHaveProperty('vary');
  });
});

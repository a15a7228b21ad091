import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  answering,
  bodyOf,
  deferred,
  exchangeBytes,
  gatewayTo,
  headersOf,
  open,
  post,
  read,
  request,
  startGateway,
  upstream,
} from '../test/support.ts';

describe('what goes to the server', () => {
  it('is the body byte for byte, whatever it is [TRANS-001] [BASE-002]', async () => {
    const up = await upstream((_, res) => res.end('{}'));
    const { url } = await gatewayTo([up.url]);
    const bodies = [
      '{"a":1,"a":2}',
      ' {\t"id" : 1.0 }\r\n',
      Buffer.from([0xff, 0x00, 0x7b, 0xc3]),
      '[{"id":1},{"id":2}]',
      '',
    ];
    for (const body of bodies) await post(url, { body });
    expect(up.seen.map(({ body }) => body)).toEqual(
      bodies.map((body) => Buffer.from(body).toString('latin1')),
    );
  });

  it('is the end-to-end headers, with Mcp-Param-* that nobody here knows [HTTP-033]', async () => {
    const up = await upstream(answering());
    const { url } = await gatewayTo([up.url]);
    const headers = {
      'Mcp-Param-Region': '=?base64?w7w=?=',
      'mcp-param-x_y': ' odd=?base64?!?=',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      tracestate: 'a=1',
      baggage: 'k=v',
      'x-two': ['1', '2'],
    };
    await post(url, { headers });
    expect(up.seen[0]?.headers).toMatchObject({
      'mcp-param-region': '=?base64?w7w=?=',
      'mcp-param-x_y': 'odd=?base64?!?=',
      'mcp-method': 'tools/call',
      'mcp-name': 'add',
      'mcp-protocol-version': '2026-07-28',
      'content-type': 'application/json',
      traceparent: headers.traceparent,
      tracestate: 'a=1',
      baggage: 'k=v',
      'x-two': '1, 2',
      host: new URL(up.url).host,
    });
  });

  it('is not what belongs to the connection, to cookies, to sessions or to the way here', async () => {
    const up = await upstream(answering());
    const { url } = await gatewayTo([up.url]);
    const headers = {
      connection: 'x-secret-hop, Mcp-Method, close',
      'x-secret-hop': '1',
      te: 'trailers',
      'keep-alive': 'timeout=5',
      'proxy-authorization': 'Basic eDp5',
      upgrade: 'websocket',
      cookie: 'a=b',
      authorization: 'Bearer secret',
      origin: 'http://localhost:1234',
      'mcp-session-id': 'abc',
      'last-event-id': '7',
      forwarded: 'for=6.6.6.6',
      'x-forwarded-for': '6.6.6.6',
      'x-forwarded-port': '99',
      'x-real-ip': '6.6.6.6',
      mcp_method: 'tools/list',
      x_forwarded_for: '6.6.6.6',
      content_length: '3',
    };
    expect((await post(url, { headers })).status).toBe(200);
    const got = up.seen[0]?.headers ?? {};
    const dropped = Object.keys(headers).filter((name) => !['connection', 'x-forwarded-for'].includes(name));
    expect(dropped.filter((name) => name in got)).toEqual([]);
    expect(got['mcp-method']).toBe('tools/call');
    expect(got['x-forwarded-for']).toBe('127.0.0.1');
    expect(got['x-forwarded-host']).toBe(new URL(url).host);
    expect(got['x-forwarded-proto']).toBe('http');
    expect(got.via).toMatch(/^1\.1 switchyard-[0-9a-f]{12}$/);
  });

  it('has the way here appended or removed where the configuration says so', async () => {
    const up = await upstream(answering());
    const headers = {
      'x-forwarded-for': '10.0.0.9',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'mcp.example',
    };
    const appending = await gatewayTo([up.url], {}, { forwarded: 'append' });
    await post(appending.url, { headers });
    const dropping = await gatewayTo([up.url], {}, { forwarded: 'drop' });
    await post(dropping.url, { headers });
    expect(up.seen[0]?.headers).toMatchObject({ ...headers, 'x-forwarded-for': '10.0.0.9, 127.0.0.1' });
    expect(Object.keys(up.seen[1]?.headers ?? {}).filter((name) => name.startsWith('x-'))).toEqual([]);
  });

  it('has the credentials of the caller only where the configuration says so', async () => {
    const up = await upstream(answering());
    const { url } = await gatewayTo([up.url], { authorization: 'pass' });
    await post(url, { headers: { authorization: 'Bearer mine' } });
    expect(up.seen[0]?.headers.authorization).toBe('Bearer mine');
  });

  it('goes to the path and query of the replica, with the query of the caller', async () => {
    const up = await upstream(answering());
    const { url } = await startGateway({
      servers: { a: { path: '/a', replicas: [`${up.url}?k=1`] }, b: { replicas: [up.url] } },
    });
    await post(url, { path: '/a' });
    await post(url, { path: '/a?x=%20' });
    await post(url, { path: '/servers/b/mcp?y' });
    expect(up.seen.map(({ target }) => target)).toEqual(['/mcp?k=1', '/mcp?k=1&x=%20', '/mcp?y']);
  });

  it('streams: the server has the beginning of a large call before its end is sent', async () => {
    const began = deferred();
    const up = await upstream((req, res) => {
      req.once('data', () => began.resolve());
      req.on('end', () => res.end('{}'));
    });
    const { url } = await gatewayTo([up.url]);
    const half = Buffer.alloc(200_000, 'x');
    const req = request(url, { headers: { 'content-length': undefined } });
    const answered = new Promise((resolve) => req.on('response', resolve));
    req.write(half);
    await began.promise;
    req.end(half);
    await answered;
    expect(up.seen[0]?.body).toBe(`${half}${half}`);
    expect(up.seen[0]?.headers['transfer-encoding']).toBe('chunked');
  });

  it('keeps the declared length of a large call that streams', async () => {
    const up = await upstream((req, res) => req.on('end', () => res.end('{}')));
    const { url } = await gatewayTo([up.url]);
    const body = Buffer.alloc(300_000, 'y');
    await post(url, { body });
    expect(up.seen[0]?.headers['content-length']).toBe('300000');
    expect(up.seen[0]?.body).toBe(body.toString());
  });

  it('is asked for only when the request is let in (Expect: 100-continue)', async () => {
    const up = await upstream(answering());
    const { url } = await gatewayTo([up.url]);
    const answer = async (headers: Record<string, string>) => {
      const invited = deferred<string>();
      const req = request(url, { headers: { expect: '100-continue', ...headers } });
      let was = 'not invited';
      req.on('continue', () => {
        was = 'invited';
        req.end(bodyOf({}));
      });
      req.on('response', (res) => {
        invited.resolve(`${was} ${res.statusCode}`);
        req.destroy();
      });
      req.on('error', () => {});
      req.flushHeaders();
      return invited.promise;
    };
    expect(await answer({})).toBe('invited 200');
    expect(await answer({ 'content-length': '99999999' })).toBe('not invited 413');
    expect(up.seen).toHaveLength(1);
  });
});

describe('what comes back', () => {
  it('is the status, headers and bytes of the server, errors included [BASE-014]', async () => {
    const body = '{"jsonrpc":"2.0","id":1,"error":{"code":-32002,"message":"old"}}';
    const up = await upstream((_, res) => {
      res.writeHead(429, 'Slow Down', {
        'retry-after': '7',
        'x-two': ['1', '2'],
        'www-authenticate': 'Bearer',
      });
      res.end(body);
    });
    const { url } = await gatewayTo([up.url]);
    const answer = await post(url);
    expect(answer.status).toBe(429);
    expect(answer.text).toBe(body);
    expect(answer.headers).toMatchObject({
      'retry-after': '7',
      'x-two': '1, 2',
      'www-authenticate': 'Bearer',
    });
  });

  it('is not what belongs to the connection, to cookies, to sessions or to CORS', async () => {
    const up = await upstream((_, res) => {
      res.writeHead(200, {
        connection: 'close, x-hop',
        'x-hop': '1',
        'keep-alive': 'timeout=1',
        'set-cookie': ['a=1', 'b=2'],
        'mcp-session-id': 'abc',
        'access-control-allow-origin': '*',
        'proxy-authenticate': 'Basic',
        'x-kept': 'yes',
      });
      res.end('{}');
    });
    const { url } = await gatewayTo([up.url]);
    const { headers } = await post(url);
    expect(headers['x-kept']).toBe('yes');
    const dropped = [
      'x-hop',
      'set-cookie',
      'mcp-session-id',
      'access-control-allow-origin',
      'proxy-authenticate',
    ];
    expect(dropped.filter((name) => name in headers)).toEqual([]);
    expect(headers.connection).not.toContain('close');
  });

  it('is passed on unread where it is compressed', async () => {
    const zipped = gzipSync('{"jsonrpc":"2.0"}');
    const up = await upstream((_, res) => res.writeHead(200, { 'content-encoding': 'gzip' }).end(zipped));
    const { url } = await gatewayTo([up.url]);
    const res = await open(url, { headers: { 'accept-encoding': 'gzip' } });
    const chunks: Buffer[] = [];
    for await (const chunk of res) chunks.push(chunk as Buffer);
    expect(res.headers['content-encoding']).toBe('gzip');
    expect(Buffer.concat(chunks).equals(zipped)).toBe(true);
  });

  it('is an event stream, event by event as they are sent, unbuffered [TRANS-002]', async () => {
    const sends: ((text: string) => void)[] = [];
    const up = await upstream((_, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' });
      res.flushHeaders();
      sends.push((text) => (text === '' ? res.end() : res.write(text)));
    });
    const { url } = await gatewayTo([up.url]);
    const res = await open(url);
    expect(res.headers['content-type']).toBe('text/event-stream');
    expect(res.headers['x-accel-buffering']).toBe('no');
    const arrivals = res[Symbol.asyncIterator]();
    for (const event of [': hello\n\n', 'data: {"a":1}\n\n', `data: ${'x'.repeat(100_000)}\n\n`]) {
      sends[0]?.(event);
      let got = '';
      while (got.length < event.length) got += String((await arrivals.next()).value);
      expect(got).toBe(event);
    }
    sends[0]?.('');
    expect((await arrivals.next()).done).toBe(true);
  });

  it('is no faster than the caller reads it', async () => {
    let written = 0;
    const total = 64 * 1024 * 1024;
    const full = deferred();
    const up = await upstream((_, res) => {
      const chunk = Buffer.alloc(64 * 1024);
      const pump = () => {
        while (written < total) {
          written += chunk.length;
          if (!res.write(chunk)) {
            res.once('drain', pump);
            full.resolve();
            return;
          }
        }
        res.end();
      };
      pump();
    });
    const { url } = await gatewayTo([up.url]);
    const res = await open(url);
    res.pause();
    await full.promise;
    for (let i = 0; i < 20; i++) await post(url, { path: '/other' });
    expect(written).toBeLessThan(total / 2);
    let got = 0;
    for await (const chunk of res) got += (chunk as Buffer).length;
    expect(got).toBe(total);
  });

  it('reaches an HTTP/1.0 caller whole', async () => {
    const up = await upstream((_, res) => {
      res.write('{"a":');
      res.end('1}');
    });
    const { port } = await gatewayTo([up.url]);
    const headers = Object.entries(headersOf({}));
    const head = headers.map(([name, value]) => `${name}: ${String(value)}\r\n`).join('');
    const got = await exchangeBytes(
      port,
      `POST /mcp HTTP/1.0\r\nhost: localhost\r\n${head}\r\n${bodyOf({})}`,
    );
    expect(got).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(got.endsWith('\r\n\r\n{"a":1}')).toBe(true);
  });

  it('is an early answer, while the caller is still sending', async () => {
    const up = await upstream((_, res) => res.writeHead(413).end('no'));
    const { url } = await gatewayTo([up.url]);
    const req = request(url, { headers: { 'content-length': '400000' } });
    const response = new Promise<Parameters<typeof read>[0]>((resolve) => req.on('response', resolve));
    req.write(Buffer.alloc(100_000));
    const res = await response;
    expect(res.statusCode).toBe(413);
    req.end(Buffer.alloc(300_000));
    expect((await read(res)).text).toBe('no');
  });
});

describe('what is kept', () => {
  it('is nothing: the same read is asked of the server again, for whomever and in whichever round [CACHE-002] [CACHE-004]', async () => {
    let reads = 0;
    const up = await upstream((_, res) => {
      reads += 1;
      res.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'public, max-age=600' });
      res.end(JSON.stringify({ id: 1, result: { reads, ttlMs: 600_000, cacheScope: 'public' } }));
    });
    const { url } = await gatewayTo([up.url], { authorization: 'pass' });
    const params = { uri: 'file:///a', inputResponses: { q: { action: 'accept' } }, requestState: 's' };
    const read = async (authorization: string, extra: object) => {
      const body = JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'resources/read',
        params: { ...params, ...extra },
      });
      const headers = { authorization, 'mcp-name': 'file:///a' };
      return (await post(url, { method: 'resources/read', headers, body })).json.result.reads;
    };
    const none = { inputResponses: undefined, requestState: undefined };
    expect([await read('Bearer a', none), await read('Bearer b', none), await read('Bearer b', {})]).toEqual([
      1, 2, 3,
    ]);
    expect(await read('Bearer b', {})).toBe(4);
  });
});

describe('who gets it', () => {
  it('is one replica after the other', async () => {
    const ups = await Promise.all(['a', 'b', 'c'].map((from) => upstream(answering(from))));
    const { url } = await gatewayTo(ups.map((up) => up.url));
    const order: string[] = [];
    for (let i = 0; i < 6; i++) order.push((await post(url)).json.result.from);
    expect(order).toEqual(['a', 'b', 'c', 'a', 'b', 'c']);
  });

  it('is the replica with the fewest requests in progress, where the configuration says so', async () => {
    const release = deferred();
    const slow = await upstream((_, res) => void release.promise.then(() => res.end('{}')));
    const fast = await upstream(answering('fast'));
    const { url } = await gatewayTo([slow.url, fast.url], { balance: 'least-in-flight' });
    const first = post(url);
    await new Promise((resolve) => slow.server.once('request', resolve));
    for (let i = 0; i < 5; i++) expect((await post(url)).json.result.from).toBe('fast');
    release.resolve();
    await first;
  });

  it('is told apart by path, exactly', async () => {
    const a = await upstream(answering('a'));
    const b = await upstream(answering('b'));
    const { url } = await startGateway({
      servers: { a: { replicas: [a.url] }, b: { path: '/b', replicas: [b.url] } },
    });
    expect((await post(url, { path: '/servers/a/mcp' })).json.result.from).toBe('a');
    expect((await post(url, { path: '/b' })).json.result.from).toBe('b');
    for (const path of ['/', '/B', '/b/', '/%62', '/servers/a/mcp/../mcp', '//b']) {
      expect((await post(url, { path })).status).toBe(404);
    }
  });
});

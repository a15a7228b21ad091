import type { IncomingMessage } from 'node:http';
import http2, {
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import net, { type AddressInfo, type Socket } from 'node:net';
import { buildConnector } from 'undici';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Call, deferred, gatewayTo, open, post, read, request } from '../../../test/support.ts';
import { Http2Channel } from './http2-channel.ts';

const LIST: Call = { method: 'tools/list' };

interface Http2Upstream {
  readonly server: Http2Server;
  readonly url: string;
  readonly port: number;
  readonly sessions: ServerHttp2Session[];
  readonly seen: { readonly headers: IncomingHttpHeaders; body: string }[];
}

type Listener = (stream: ServerHttp2Stream, body: string, n: number) => void;

/** An upstream that speaks HTTP/2 without TLS. */
async function http2Upstream(listener: Listener, settings: http2.Settings = {}): Promise<Http2Upstream> {
  const server = http2.createServer({ settings });
  const sessions: ServerHttp2Session[] = [];
  const seen: Http2Upstream['seen'] = [];
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  server.on('session', (session) => {
    sessions.push(session);
    session.on('error', () => {});
  });
  server.on('stream', (stream, headers) => {
    const entry = { headers, body: '' };
    seen.push(entry);
    const n = seen.length;
    stream.on('error', () => {});
    stream.setEncoding('utf8').on('data', (text: string) => {
      entry.body += text;
    });
    stream.on('end', () => listener(stream, entry.body, n));
  });
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { server, url: `http://127.0.0.1:${port}/mcp`, port, sessions, seen };
}

function answer(stream: ServerHttp2Stream, body: string, from = 'h2'): void {
  const { id } = JSON.parse(body) as { id: number };
  stream.respond({ ':status': 200, 'content-type': 'application/json' });
  stream.end(JSON.stringify({ jsonrpc: '2.0', id, result: { resultType: 'complete', from } }));
}

/** Passes bytes on, and puts a RST_STREAM of that code after the first bytes that come back. */
async function resetting(port: number, code: number): Promise<string> {
  const sockets: Socket[] = [];
  const server = net.createServer((near) => {
    const far = net.connect(port, '127.0.0.1');
    sockets.push(near, far);
    near.on('error', () => {}).pipe(far);
    far.on('error', () => {}).pipe(near);
    const frame = Buffer.alloc(13);
    frame.writeUIntBE(4, 0, 3);
    frame[3] = 3;
    frame.writeUInt32BE(1, 5);
    frame.writeUInt32BE(code, 9);
    setTimeout(() => near.write(frame), 100);
  });
  const at = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return `http://127.0.0.1:${at}/mcp`;
}

describe('a server spoken to in HTTP/2', () => {
  it('gets the same request, and its answer goes back', async () => {
    const up = await http2Upstream((stream, body) => answer(stream, body));
    const { url } = await gatewayTo([`${up.url}?k=1`], { http2: true });
    const { status, headers, json } = await post(url, { id: 3, headers: { 'x-mine': ['a', 'b'] } });
    expect([status, json.id, json.result.from]).toEqual([200, 3, 'h2']);
    expect(headers['content-type']).toBe('application/json');
    const sent = up.seen[0]?.headers;
    expect(sent).toMatchObject({
      ':path': '/mcp?k=1',
      ':method': 'POST',
      'mcp-method': 'tools/call',
      'x-mine': 'a, b',
    });
    expect(sent?.[':authority']).toBe(`127.0.0.1:${up.port}`);
  });

  it('is not blamed for a request that HTTP/2 does not have', async () => {
    const up = await http2Upstream((stream, body) => answer(stream, body));
    const health = { failures: 1, eject: '1h', maxEject: '1h' };
    const { url, gateway, events } = await gatewayTo([up.url], { http2: true, health });
    const { status, json } = await post(url, { headers: { 'user-agent': ['a', 'b'] } });
    expect([status, json.error.data.reason]).toEqual([400, 'bad-request']);
    expect(gateway.stats().servers[0]?.replicas[0]?.state).toBe('in');
    expect(events.map(({ type }) => type)).toEqual(['listening', 'upstream-failed', 'refused']);
    expect((await post(url)).status).toBe(200);
  });

  it('gets a header whatever its name', async () => {
    const up = await http2Upstream((stream, body) => answer(stream, body));
    const { url } = await gatewayTo([up.url], { http2: true });
    expect((await post(url, { headers: { constructor: ['x', 'y'] } })).status).toBe(200);
    expect(up.seen[0]?.headers['constructor']).toBe('x, y');
  });

  it('is asked many things on one connection, and on more where it takes no more streams', async () => {
    const late: Listener = (stream, body) => setTimeout(() => answer(stream, body), 30);
    const one = await http2Upstream(late);
    const { url } = await gatewayTo([one.url], { http2: true });
    await Promise.all(Array.from({ length: 50 }, (_, id) => post(url, { id })));
    expect([one.sessions.length, one.seen.length]).toEqual([1, 50]);
    const narrow = await http2Upstream(late, { maxConcurrentStreams: 10 });
    const other = await gatewayTo([narrow.url], { http2: true });
    await post(other.url);
    const answers = await Promise.all(Array.from({ length: 40 }, (_, id) => post(other.url, { id })));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(narrow.sessions.length).toBeGreaterThan(1);
  });

  it('gets large bodies whole, streamed or not, and so does the caller', async () => {
    const up = await http2Upstream((stream, body) => {
      stream.respond({ ':status': 200, 'content-type': 'application/json' });
      stream.end(body);
    });
    const { url } = await gatewayTo([up.url], { http2: true });
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', pad: 'x'.repeat(900_000) });
    expect((await post(url, { body })).text).toBe(body);
    expect((await post(url, { ...LIST, body })).text).toBe(body);
  });

  it('loses no call that it refused or left out when it said goodbye, and gets none twice', async () => {
    const ran: string[] = [];
    const up = await http2Upstream((stream, body, n) => {
      if (n === 1) {
        stream.close(http2.constants.NGHTTP2_REFUSED_STREAM);
        return;
      }
      ran.push(body);
      if (n % 10 === 0) stream.session?.close();
      setTimeout(() => answer(stream, body), 5);
    });
    const { url } = await gatewayTo([up.url], { http2: true, retries: 5 });
    const ids = Array.from({ length: 60 }, (_, id) => id);
    const answers = await Promise.all(ids.map((id) => post(url, { id })));
    expect(answers.map(({ status }) => status)).toEqual(ids.map(() => 200));
    const run = ran.map((body) => (JSON.parse(body) as { id: number }).id).sort((a, b) => a - b);
    expect(run).toEqual(ids);
  });

  it('gets no request of which it refused a part: the rest is not the whole', async () => {
    const refused = deferred();
    const up = await http2Upstream((stream) => {
      stream.respond({ ':status': 200, 'content-type': 'application/json' });
      stream.end('{}');
    });
    up.server.on('stream', (stream: ServerHttp2Stream) => {
      if (up.seen.length > 1) return;
      stream.once('data', () => stream.close(http2.constants.NGHTTP2_REFUSED_STREAM, refused.resolve));
    });
    const { url } = await gatewayTo([up.url], { http2: true });
    const req = request(url, { headers: { 'content-length': '200000' } });
    const response = new Promise<IncomingMessage>((resolve) => req.on('response', resolve));
    req.write('x'.repeat(100_000));
    await refused.promise;
    req.end('x'.repeat(100_000));
    const { status, json } = await read(await response);
    expect([status, json.error.data]).toEqual([
      503,
      { source: 'gateway', reason: 'no-replica', mayHaveRun: false },
    ]);
    expect(up.seen).toHaveLength(1);
  });

  it('keeps no connection once nobody uses it, however long an answer took before', async () => {
    const up = await http2Upstream((stream, body) => setTimeout(() => answer(stream, body), 250));
    const channel = new Http2Channel(up.url, buildConnector({}), 100);
    onTestFinished(() => channel.destroy());
    const body = Buffer.from('{"id":1}');
    await new Promise<void>((resolve, reject) => {
      channel.dispatch(
        { path: '/mcp', method: 'POST', headers: [], body, headersTimeout: 0, bodyTimeout: 0 },
        { onResponseEnd: () => resolve(), onResponseError: (_, error) => reject(error) },
      );
    });
    await vi.waitFor(() => expect(up.sessions[0]?.closed).toBe(true));
  });

  it('costs a call that it had begun when the connection broke, which is not sent again', async () => {
    const up = await http2Upstream((stream) => stream.session?.destroy());
    const { url } = await gatewayTo([up.url], { http2: true });
    const { status, json } = await post(url);
    expect([status, json.error.data]).toEqual([
      502,
      { source: 'gateway', reason: 'upstream-lost', mayHaveRun: true },
    ]);
    expect(up.seen).toHaveLength(1);
  });

  it('that goes away with an error costs what was under way, and no more', async () => {
    const up = await http2Upstream((stream, body, n) => {
      if (n === 1) stream.session?.goaway(http2.constants.NGHTTP2_ENHANCE_YOUR_CALM);
      else answer(stream, body);
    });
    const { url } = await gatewayTo([up.url], { http2: true });
    expect((await post(url)).status).toBe(502);
    expect((await post(url)).status).toBe(200);
  });

  it.each([0, 2, 8])(
    'that resets a response with code %i in the middle does not make it look whole',
    async (code) => {
      const up = await http2Upstream((stream) => {
        stream.respond({ ':status': 200, 'content-type': 'text/event-stream' });
        stream.write('data: 1\n\n');
      });
      const { url } = await gatewayTo([await resetting(up.port, code)], { http2: true });
      await expect(post(url)).rejects.toThrow();
    },
  );

  it('is told at once where the caller leaves, and the connection lives on', async () => {
    const gone: number[] = [];
    const up = await http2Upstream((stream, body, n) => {
      if (n === 1) stream.on('close', () => gone.push(stream.rstCode));
      else answer(stream, body);
    });
    const { url } = await gatewayTo([up.url], { http2: true });
    const leaving = new AbortController();
    const headers = {
      'content-type': 'application/json',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/list',
    };
    const asked = fetch(`${url}/mcp`, { method: 'POST', body: '{}', headers, signal: leaving.signal });
    await vi.waitFor(() => expect(up.seen).toHaveLength(1));
    leaving.abort();
    await asked.catch(() => undefined);
    await vi.waitFor(() => expect(gone).toEqual([http2.constants.NGHTTP2_CANCEL]));
    expect((await post(url)).status).toBe(200);
    expect(up.sessions).toHaveLength(1);
  });

  it('gets no new request on a connection on which an answer did not come in time', async () => {
    const up = await http2Upstream((stream, body, n) => {
      if (n > 1) answer(stream, body);
    });
    const { url } = await gatewayTo([up.url], { http2: true, timeouts: { headers: '100ms' } });
    expect((await post(url)).status).toBe(504);
    expect((await post(url)).status).toBe(200);
    expect(up.sessions).toHaveLength(2);
  });

  it('is slowed down by a caller that reads slowly', async () => {
    let written = 0;
    const up = await http2Upstream((stream) => {
      stream.respond({ ':status': 200, 'content-type': 'text/event-stream' });
      const chunk = Buffer.alloc(65_536);
      const pump = () => {
        while (written < 400 * chunk.length && !stream.destroyed) {
          written += chunk.length;
          if (!stream.write(chunk)) return void stream.once('drain', pump);
        }
        stream.end();
      };
      pump();
    });
    const { url } = await gatewayTo([up.url], { http2: true });
    const res = await open(url);
    const before = await vi.waitFor(async () => {
      const then = written;
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(written).toBe(then);
      return then;
    });
    expect(before).toBeLessThan(20_000_000);
    expect((await read(res)).text.length).toBe(400 * 65_536);
  });

  it('that speaks something else is not reached', async () => {
    const server = net.createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
    });
    onTestFinished(() => void server.close());
    const { url } = await gatewayTo([`http://127.0.0.1:${port}/mcp`], { http2: true, retries: 0 });
    expect((await post(url)).status).toBeGreaterThanOrEqual(502);
  });
});

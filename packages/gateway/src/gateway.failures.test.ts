import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import {
  answering,
  type Call,
  deferred,
  gatewayTo,
  nowhere,
  open,
  post,
  rawUpstream,
  upstream,
} from '../test/support.ts';

const LIST: Call = { method: 'tools/list' };
const hangUp = (req: IncomingMessage) => {
  req.on('end', () => req.socket.destroy());
};

describe('a replica that cannot be reached', () => {
  it('costs nothing: any request goes to another, since nothing was sent', async () => {
    const up = await upstream(answering('b'));
    const { url, events } = await gatewayTo([await nowhere(), up.url]);
    expect((await post(url)).json.result.from).toBe('b');
    expect(events).toContainEqual(expect.objectContaining({ type: 'retrying', why: 'ECONNREFUSED' }));
    expect(up.seen).toHaveLength(1);
  });

  it('costs nothing to a large call that streams either', async () => {
    const up = await upstream(answering('b'));
    const { url } = await gatewayTo([await nowhere(), up.url]);
    const body = JSON.stringify({ id: 1, pad: 'x'.repeat(300_000) });
    expect((await post(url, { body })).json.result.from).toBe('b');
    expect(up.seen[0]?.body).toBe(body);
  });

  it('is said to be the reason when there is no other, with the id and that nothing has run', async () => {
    const { url, events } = await gatewayTo([await nowhere()], { retries: 1 });
    const { status, headers, json } = await post(url, { id: 41 });
    expect([status, headers['retry-after'], json.id]).toEqual([503, '1', 41]);
    expect(json.error.data).toEqual({ source: 'gateway', reason: 'no-replica', mayHaveRun: false });
    expect(events.map(({ type }) => type)).toContain('upstream-failed');
    expect(JSON.stringify(json)).not.toMatch(/127\.0\.0\.1|ECONN/);
  });

  it('is left out after its failures, and tried again when its time is over', async () => {
    let now = 0;
    const up = await upstream(answering('b'));
    const dead = await nowhere();
    const { startGateway } = await import('../test/support.ts');
    const health = { failures: 2, eject: '2s', maxEject: '5s' };
    const servers = { s: { path: '/mcp', replicas: [dead, up.url], health } };
    const { url, gateway, events } = await startGateway({ servers }, { now: () => now });
    const state = () => gateway.stats().servers[0]?.replicas[0];
    for (let i = 0; i < 6; i++) await post(url);
    expect(state()).toMatchObject({ state: 'out', failures: 2, sent: 2 });
    now = 2000;
    expect(state()?.state).toBe('trial');
    await post(url);
    await post(url);
    expect(state()).toMatchObject({ state: 'out', sent: 3 });
    now = 5999;
    expect(state()?.state).toBe('out');
    now = 6000;
    expect(state()?.state).toBe('trial');
    expect(events.filter(({ type }) => type === 'replica-ejected')).toMatchObject([
      { forMs: 2000 },
      { forMs: 4000 },
    ]);
  });

  it('is tried anyway when all are left out', async () => {
    let broken = true;
    const up = await upstream((_, res) => {
      if (broken) res.writeHead(503).end();
      else res.end('{}');
    });
    const { url, gateway } = await gatewayTo([up.url], {
      retries: 0,
      health: { failures: 1, eject: '1h', maxEject: '1h' },
    });
    expect((await post(url)).status).toBe(503);
    expect(gateway.stats().servers[0]?.replicas[0]?.state).toBe('out');
    broken = false;
    expect((await post(url)).status).toBe(200);
    expect(gateway.stats().servers[0]?.replicas[0]?.state).toBe('in');
  });
});

describe('a replica that is lost before it answers', () => {
  it('costs a tools/call, which is never sent again, and the caller is told that it may have run', async () => {
    const bad = await upstream(hangUp);
    const good = await upstream(answering());
    const { url } = await gatewayTo([bad.url, good.url]);
    const { status, json } = await post(url, { id: 9 });
    expect([status, json.id, json.error.code]).toEqual([502, 9, 50201]);
    expect(json.error.data).toEqual({ source: 'gateway', reason: 'upstream-lost', mayHaveRun: true });
    expect([bad.seen.length, good.seen.length]).toEqual([1, 0]);
  });

  it('costs nothing to a request that may run twice', async () => {
    const bad = await upstream(hangUp);
    const good = await upstream(answering('good'));
    const { url } = await gatewayTo([bad.url, good.url]);
    const methods = [
      'server/discover',
      'tools/list',
      'resources/list',
      'resources/templates/list',
      'prompts/list',
    ];
    for (const method of [...methods, 'completion/complete']) {
      expect((await post(url, { method })).json.result.from).toBe('good');
    }
    const named = { headers: { 'mcp-name': 'x' } };
    expect((await post(url, { method: 'resources/read', ...named })).json.result.from).toBe('good');
    expect((await post(url, { method: 'prompts/get', ...named })).json.result.from).toBe('good');
  });

  it('costs a method that nobody here knows: it may not run twice', async () => {
    const bad = await upstream(hangUp);
    const good = await upstream(answering());
    const { url } = await gatewayTo([bad.url, good.url]);
    expect((await post(url, { method: 'vendor/change' })).status).toBe(502);
    expect(good.seen).toEqual([]);
  });

  it('is given up after the configured number of repeats', async () => {
    const bad = await upstream(hangUp);
    const { url } = await gatewayTo([bad.url], { retries: 2 });
    expect((await post(url, LIST)).status).toBe(502);
    expect(bad.seen).toHaveLength(3);
    const none = await gatewayTo([bad.url], { retries: 0 });
    await post(none.url, LIST);
    expect(bad.seen).toHaveLength(4);
  });
});

describe('a replica that says it cannot', () => {
  it.each([502, 503, 504])(
    'with %i is passed over for what may run twice, and passed on for a call',
    async (status) => {
      const bad = await upstream((_, res) => res.writeHead(status, { 'retry-after': '9' }).end('busy'));
      const good = await upstream(answering('good'));
      const { url } = await gatewayTo([bad.url, good.url], { health: { failures: 1000 } });
      expect((await post(url, LIST)).json.result.from).toBe('good');
      const answers = [await post(url), await post(url)];
      const passed = answers.find((answer) => answer.status === status);
      expect([passed?.text, passed?.headers['retry-after']]).toEqual(['busy', '9']);
    },
  );

  it('is passed on where all replicas say so', async () => {
    const bad = await upstream((_, res) => res.writeHead(503).end('busy'));
    const { url } = await gatewayTo([bad.url]);
    expect(await post(url, LIST)).toMatchObject({ status: 503, text: 'busy' });
    expect(bad.seen).toHaveLength(3);
  });

  it('with any other error is believed', async () => {
    const up = await upstream((_, res) => res.writeHead(500).end('broken'));
    const { url, gateway } = await gatewayTo([up.url]);
    expect(await post(url, LIST)).toMatchObject({ status: 500, text: 'broken' });
    expect(up.seen).toHaveLength(1);
    expect(gateway.stats().servers[0]?.replicas[0]?.failures).toBe(0);
  });

  it('with a redirect is not followed', async () => {
    const up = await upstream((_, res) => res.writeHead(307, { location: 'http://10.0.0.1/internal' }).end());
    const { url } = await gatewayTo([up.url]);
    const { status, headers, text } = await post(url);
    expect(status).toBe(502);
    expect(headers).not.toHaveProperty('location');
    expect(text).not.toContain('10.0.0.1');
  });
});

describe('a replica that answers nonsense', () => {
  const nonsense = {
    'no HTTP': 'SSH-2.0-OpenSSH_9.6\r\n',
    'two lengths': 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}',
    'length and chunks':
      'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n',
    'an upgrade': 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n',
    'a header with a line break in it': 'HTTP/1.1 200 OK\r\nx: a\rb\r\ncontent-length: 2\r\n\r\n{}',
    'endless headers': `HTTP/1.1 200 OK\r\n${'x-y: z\r\n'.repeat(20_000)}`,
  };
  it.each(Object.entries(nonsense))('(%s) costs that request and no other', async (_, bytes) => {
    const bad = await rawUpstream((socket) => socket.end(bytes));
    const good = await upstream(answering('good'));
    const { url } = await gatewayTo([bad, good.url]);
    const first = await post(url);
    expect(first.status).toBe(502);
    expect(first.json.error.data.mayHaveRun).toBe(true);
    expect((await post(url)).json.result.from).toBe('good');
    expect((await post(url, LIST)).json.result.from).toBe('good');
  });

  it('(status 999) is passed on or refused, and the gateway lives', async () => {
    const odd = await rawUpstream((socket) => socket.end('HTTP/1.1 999 Odd\r\ncontent-length: 0\r\n\r\n'));
    const { url } = await gatewayTo([odd]);
    expect([502, 999]).toContain((await post(url)).status);
    expect([502, 999]).toContain((await post(url)).status);
  });

  it('(a hint before the answer) is passed over', async () => {
    const up = await upstream((_, res) => {
      res.writeEarlyHints({ link: '</x>; rel=preload' });
      res.end('{}');
    });
    const { url } = await gatewayTo([up.url]);
    expect(await post(url)).toMatchObject({ status: 200, text: '{}' });
  });
});

describe('a response that breaks off', () => {
  const EVENT = 'data: {"progress":1}\n\n';
  const CHUNK = `${EVENT.length.toString(16)}\r\n${EVENT}\r\n`;
  const SSE = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n';
  const cases = {
    'chunks, connection kept, closed': [`${SSE}transfer-encoding: chunked\r\n\r\n${CHUNK}`, 'end'],
    'chunks, connection kept, reset': [`${SSE}transfer-encoding: chunked\r\n\r\n${CHUNK}`, 'reset'],
    'chunks, last response, closed': [
      `${SSE}connection: close\r\ntransfer-encoding: chunked\r\n\r\n${CHUNK}`,
      'end',
    ],
    'chunks, last response, reset': [
      `${SSE}connection: close\r\ntransfer-encoding: chunked\r\n\r\n${CHUNK}`,
      'reset',
    ],
    'length, connection kept, closed': [`${SSE}content-length: 99\r\n\r\n${EVENT}`, 'end'],
    'length, last response, closed': [`${SSE}connection: close\r\ncontent-length: 99\r\n\r\n${EVENT}`, 'end'],
    'length, last response, reset': [
      `${SSE}connection: close\r\ncontent-length: 99\r\n\r\n${EVENT}`,
      'reset',
    ],
    'no length, reset': [`${SSE}\r\n${EVENT}`, 'reset'],
  } as const;
  it.each(Object.entries(cases))('(%s) never looks whole to the caller', async (_, [bytes, how]) => {
    const go = deferred();
    const up = await rawUpstream((socket) => {
      socket.write(bytes);
      void go.promise.then(() => (how === 'end' ? socket.end() : socket.resetAndDestroy()));
    });
    const { url, events } = await gatewayTo([up]);
    const res = await open(url);
    let got = '';
    const broke = (async () => {
      for await (const chunk of res) {
        got += String(chunk);
        go.resolve();
      }
    })();
    await expect(broke).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(got).toBe(EVENT);
    expect(events.at(-1)).toMatchObject({
      type: 'upstream-failed',
      why: expect.stringContaining('broke off'),
    });
  });

  it('(no length, closed) is whole: that is how HTTP/1.0 ends a response', async () => {
    const up = await rawUpstream((socket) =>
      socket.end(`HTTP/1.0 200 OK\r\ncontent-type: application/json\r\n\r\n{}`),
    );
    const { url } = await gatewayTo([up]);
    expect(await post(url)).toMatchObject({ status: 200, text: '{}' });
  });
});

describe('a replica that takes too long', () => {
  it('to answer is given up and its request cancelled; a call may have run [CANCEL-004] [CANCEL-005]', async () => {
    const left = deferred();
    const up = await upstream((_, res) => res.on('close', () => left.resolve()));
    const { url } = await gatewayTo([up.url], { timeouts: { headers: '50ms' } });
    const { status, json } = await post(url, { id: 5 });
    expect([status, json.id, json.error.data.reason, json.error.data.mayHaveRun]).toEqual([
      504,
      5,
      'upstream-timeout',
      true,
    ]);
    await left.promise;
    expect(up.seen).toHaveLength(1);
  });

  it('between two parts of a response is cut off', async () => {
    const up = await upstream((_, res) => res.write('data: 1\n\n'));
    const { url } = await gatewayTo([up.url], { timeouts: { idle: '50ms' } });
    await expect(post(url)).rejects.toThrow();
  });

  it('altogether is cut off, however much progress it makes [CANCEL-007]', async () => {
    const up = await upstream((_, res) => {
      const timer = setInterval(() => res.write('data: {"progress":1}\n\n'), 20);
      res.on('close', () => clearInterval(timer));
    });
    const { url } = await gatewayTo([up.url], { timeouts: { total: '200ms' } });
    await expect(post(url)).rejects.toThrow();
  });

  it('is not a silent subscription, while a silent call next to it is given up', async () => {
    const streams: ServerResponse[] = [];
    const up = await upstream((req, res) => {
      if (req.headers['mcp-method'] !== 'subscriptions/listen') return;
      streams.push(res);
      res.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    });
    const timeouts = { headers: '10ms', idle: '10ms', total: '10ms' };
    const { url, gateway } = await gatewayTo([up.url], { timeouts });
    const res = await open(url, { method: 'subscriptions/listen' });
    expect((await post(url)).status).toBe(504);
    expect((await post(url)).status).toBe(504);
    streams[0]?.write('data: late\n\n');
    const { value } = await res[Symbol.asyncIterator]().next();
    expect(String(value)).toBe('data: late\n\n');
    expect(gateway.stats().inFlight).toBe(1);
    res.destroy();
  });
});

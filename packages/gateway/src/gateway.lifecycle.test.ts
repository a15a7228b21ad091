import http from 'node:http';
import net from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import {
  answering,
  deferred,
  gatewayTo,
  open,
  post,
  read,
  request,
  startGateway,
  upstream,
} from '../test/support.ts';
import { ConfigError, createGateway, createLogger, type GatewayConfig } from './index.ts';

describe('reload', () => {
  const config = (url: string, more: Partial<GatewayConfig> = {}): GatewayConfig => ({
    listen: { port: 0 },
    ...more,
    servers: { s: { path: '/mcp', replicas: [url] } },
  });

  it('sends new requests by the new plan, and lets those in progress finish on theirs', async () => {
    const release = deferred();
    const old = await upstream((_, res) => void release.promise.then(() => res.end('old')));
    const fresh = await upstream((_, res) => res.end('fresh'));
    const { url, gateway } = await startGateway(config(old.url));
    const early = post(url);
    await new Promise((resolve) => old.server.once('request', resolve));
    gateway.reload(config(fresh.url));
    expect((await post(url)).text).toBe('fresh');
    expect(old.sockets.size).toBe(1);
    release.resolve();
    expect((await early).text).toBe('old');
    await vi.waitFor(() => expect(old.sockets.size).toBe(0));
  });

  it('keeps connections and health of replicas that stay', async () => {
    const up = await upstream(answering());
    const { url, gateway } = await startGateway(config(up.url));
    const agent = new http.Agent({ keepAlive: true });
    let connections = 0;
    up.server.on('connection', () => connections++);
    for (let i = 0; i < 3; i++) {
      await post(url, { agent });
      gateway.reload(config(up.url, { drain: `${i}s` }));
    }
    agent.destroy();
    expect(connections).toBe(1);
    expect(gateway.stats().servers[0]?.replicas[0]?.sent).toBe(3);
  });

  it('changes nothing for a configuration that cannot be used', async () => {
    const up = await upstream(answering());
    const { url, gateway, events } = await startGateway(config(up.url));
    expect(() => gateway.reload({ servers: {} })).toThrow(ConfigError);
    expect(() => gateway.reload({ ...config(up.url), listen: { port: 1, host: '127.0.0.2' } })).toThrow(
      'listen.host cannot change without a restart\nlisten.port cannot change without a restart',
    );
    expect(() => gateway.reload(config(up.url, { limits: { headers: '8KiB' } }))).toThrow(
      'limits.headers cannot change',
    );
    expect((await post(url)).status).toBe(200);
    expect(events.some(({ type }) => type === 'reloaded')).toBe(false);
  });

  it('puts limits, hosts and origins into force', async () => {
    const up = await upstream(answering());
    const { url, gateway } = await startGateway(config(up.url));
    gateway.reload(config(up.url, { limits: { body: '1KiB' }, allowedHosts: ['only.example'] }));
    expect((await post(url)).status).toBe(403);
    const headers = { host: 'only.example' };
    expect((await post(url, { headers, body: 'x'.repeat(2000) })).status).toBe(413);
  });
});

describe('close', () => {
  it('finishes what is in progress, accepts nothing new, and says when it is done', async () => {
    const release = deferred();
    const up = await upstream((_, res) => void release.promise.then(() => res.end('done')));
    const { url, port, gateway, events } = await gatewayTo([up.url]);
    const agent = new http.Agent({ keepAlive: true });
    const running = open(url, { agent });
    await new Promise((resolve) => up.server.once('request', resolve));
    expect(gateway.ready).toBe(true);
    const closed = gateway.close();
    expect(gateway.ready).toBe(false);
    await new Promise((resolve) => setImmediate(resolve));
    await expect(post(url)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    release.resolve();
    const res = await running;
    expect(res.headers.connection).toBe('close');
    expect((await read(res)).text).toBe('done');
    expect(await closed).toEqual({ cut: 0 });
    await vi.waitFor(() => expect(up.sockets.size).toBe(0));
    expect(events.map(({ type }) => type)).toEqual(['listening', 'draining', 'closed']);
    const again = net.createServer();
    await new Promise<void>((resolve) => again.listen(port, '127.0.0.1', resolve));
    again.close();
    agent.destroy();
  });

  it('finishes an event stream that has begun, and closes its connection then', async () => {
    const sends: ((last: boolean) => void)[] = [];
    const up = await upstream((_, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      res.write('data: 1\n\n');
      sends.push((last) => (last ? res.end('data: 2\n\n') : undefined));
    });
    const { url, gateway } = await gatewayTo([up.url]);
    const agent = new http.Agent({ keepAlive: true });
    const res = await open(url, { agent });
    const closed = gateway.close();
    sends[0]?.(true);
    expect((await read(res)).text).toBe('data: 1\n\ndata: 2\n\n');
    expect(await closed).toEqual({ cut: 0 });
    agent.destroy();
  });

  it('cuts subscriptions at once, so that their clients listen again elsewhere', async () => {
    const left = deferred();
    const up = await upstream((_, res) => {
      res.write('data: ack\n\n');
      res.on('close', () => left.resolve());
    });
    const { url, gateway } = await gatewayTo([up.url]);
    const res = await open(url, { method: 'subscriptions/listen' });
    const ended = read(res);
    const closed = gateway.close();
    await expect(ended).rejects.toMatchObject({ code: 'ECONNRESET' });
    await left.promise;
    expect(await closed).toEqual({ cut: 0 });
  });

  it('cuts what does not finish in time, and a second call shortens the time', async () => {
    const up = await upstream(() => {});
    const { url, gateway, events } = await gatewayTo([up.url]);
    const hanging = expect(post(url)).rejects.toMatchObject({ code: 'ECONNRESET' });
    await new Promise((resolve) => up.server.once('request', resolve));
    const patient = gateway.close({ timeoutMs: 60_000 });
    expect(await gateway.close({ timeoutMs: 1 })).toEqual({ cut: 1 });
    expect(await patient).toEqual({ cut: 1 });
    await hanging;
    expect(events.at(-1)).toEqual({ type: 'closed', cut: 1 });
  });

  it('still answers what comes on an open connection, and closes it with the answer', async () => {
    const up = await upstream(answering());
    const { url, gateway } = await gatewayTo([up.url]);
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    await post(url, { agent });
    const closed = gateway.close();
    const late = await post(url, { agent, id: 2 });
    expect([late.status, late.headers.connection, late.json.id]).toEqual([200, 'close', 2]);
    expect(await closed).toEqual({ cut: 0 });
    expect(up.seen.length).toBe(2);
    agent.destroy();
  });

  it('ends a subscription that comes on an open connection, too', async () => {
    const left = deferred();
    const up = await upstream((req, res) => {
      if (req.headers['mcp-method'] !== 'subscriptions/listen') return answering()(req, res);
      res.on('close', () => left.resolve());
      res.write('data: ack\n\n');
    });
    const { url, gateway } = await gatewayTo([up.url]);
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    await post(url, { agent });
    const closed = gateway.close({ timeoutMs: 5000 });
    const res = await open(url, { agent, method: 'subscriptions/listen' });
    await expect(read(res)).rejects.toMatchObject({ code: 'ECONNRESET' });
    await left.promise;
    expect(await closed).toEqual({ cut: 0 });
    agent.destroy();
  });

  it('answers a request that comes to a handler without a listener and closes it', async () => {
    const release = deferred();
    const up = await upstream((_, res) => void release.promise.then(() => res.end('{}')));
    const gateway = createGateway({ servers: { s: { path: '/mcp', replicas: [up.url] } } });
    const server = http.createServer(gateway.handler);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as net.AddressInfo;
    const url = `http://127.0.0.1:${port}`;
    const running = post(url);
    await new Promise((resolve) => up.server.once('request', resolve));
    const closed = gateway.close();
    const late = await post(url, { id: 2 });
    expect([late.status, late.headers.connection, late.headers['retry-after'], late.json.id]).toEqual([
      503,
      'close',
      '1',
      2,
    ]);
    release.resolve();
    expect((await running).status).toBe(200);
    expect(await closed).toEqual({ cut: 0 });
    server.close();
  });

  it('is what leaving an `await using` does, and nothing works after it', async () => {
    const gateway = createGateway({
      listen: { port: 0 },
      servers: { s: { replicas: ['http://127.0.0.1:1/'] } },
    });
    await gateway.listen();
    await expect(gateway.listen()).rejects.toThrow(TypeError);
    await gateway[Symbol.asyncDispose]();
    await expect(gateway.listen()).rejects.toThrow('closed');
    expect(() => gateway.reload({ servers: { s: { replicas: ['http://h/'] } } })).toThrow(TypeError);
    expect(await gateway.close()).toEqual({ cut: 0 });
  });

  it('is possible after an address could not be bound', async () => {
    const { port } = await gatewayTo(['http://127.0.0.1:1/']);
    const second = createGateway({ listen: { port }, servers: { s: { replicas: ['http://h/'] } } });
    await expect(second.listen()).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await expect(second.listen()).rejects.toMatchObject({ code: 'EADDRINUSE' });
    expect(await second.close()).toEqual({ cut: 0 });
  });
});

describe('createLogger', () => {
  it('writes one line an event, as a sentence or as JSON', () => {
    const lines: string[] = [];
    const now = () => Date.UTC(2026, 10, 22);
    const human = createLogger({ write: (line) => lines.push(line), now });
    const json = createLogger({ write: (line) => lines.push(line), now, format: 'json', refusals: true });
    for (const log of [human, json]) {
      log({ type: 'listening', url: 'http://127.0.0.1:8080', servers: 1 });
      log({ type: 'refused', reason: 'no-such-path', path: '/x' });
      log({ type: 'replica-ejected', server: 's', replica: 'http://h/mcp', forMs: 2000 });
    }
    expect(lines).toEqual([
      '2026-11-22T00:00:00.000Z listening at http://127.0.0.1:8080, 1 server behind it',
      '2026-11-22T00:00:00.000Z s: http://h/mcp is left out for 2000 ms',
      '{"time":"2026-11-22T00:00:00.000Z","type":"listening","url":"http://127.0.0.1:8080","servers":1}',
      '{"time":"2026-11-22T00:00:00.000Z","type":"refused","reason":"no-such-path","path":"/x"}',
      '{"time":"2026-11-22T00:00:00.000Z","type":"replica-ejected","server":"s","replica":"http://h/mcp","forMs":2000}',
    ]);
  });

  it('never writes what a caller sent but its method, path and nothing after "?"', async () => {
    const up = await upstream((req) => req.socket.destroy());
    const { url, events } = await gatewayTo([`${up.url}?replica-secret`]);
    const headers = { authorization: 'Bearer secret-1', 'mcp-param-x': 'secret-2', cookie: 'secret-3' };
    await post(url, { path: '/mcp?secret-4', headers, body: '{"secret":5}' });
    await post(url, { path: '/nope?secret-6' });
    expect(events.length).toBeGreaterThan(2);
    expect(JSON.stringify(events)).not.toMatch(/secret/);
  });
});

it('handler refuses nothing of a request that was still being sent when it ended', async () => {
  const up = await upstream((_, res) => res.end('early'));
  const { url, gateway } = await gatewayTo([up.url]);
  const req = request(url, { headers: { 'content-length': '70000' } });
  const response = new Promise<http.IncomingMessage>((resolve) => req.on('response', resolve));
  req.write(Buffer.alloc(69_999));
  const res = await response;
  expect((await read(res)).text).toBe('early');
  req.end(' ');
  await vi.waitFor(() => expect(gateway.stats().inFlight).toBe(0));
});

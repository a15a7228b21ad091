import type { RequestListener } from 'node:http';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  answering,
  type Call,
  nowhere,
  post,
  startGateway,
  type Upstream,
  upstream,
} from '../test/support.ts';
import type { GatewayConfig, GatewayOptions, ServerConfig } from './index.ts';

/** Answers after a while. */
function late(from: string, ms: number): RequestListener {
  return (req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const { id } = JSON.parse(Buffer.concat(chunks).toString()) as { id: number };
      setTimeout(() => res.end(JSON.stringify({ jsonrpc: '2.0', id, result: { from } })), ms);
    });
  };
}

const LIST: Call = { method: 'tools/list' };

/** Answers with 503 while `broken` says so. */
async function moody(from = 'moody'): Promise<Upstream & { broken: boolean }> {
  const mood = { broken: false };
  const up = await upstream((req, res) => {
    if (mood.broken) res.writeHead(503).end();
    else answering(from)(req, res);
  });
  return Object.assign(mood, up);
}

function to(replicas: readonly string[], server: Partial<ServerConfig>, options: GatewayOptions = {}) {
  const health = { failures: 1000 };
  const config: GatewayConfig = { servers: { s: { path: '/mcp', health, ...server, replicas } } };
  return startGateway(config, options);
}

describe('the circuit breaker', () => {
  const circuit = { errors: 50, requests: 4, window: '10s', open: '5s' };

  it('opens where half fails, answers at once and says when to come back', async () => {
    const up = await moody();
    const { url, events } = await to([up.url], { circuit, retries: 0 }, { now: () => 0 });
    await post(url);
    await post(url);
    up.broken = true;
    await post(url);
    expect((await post(url)).status).toBe(503);
    const sent = up.seen.length;
    const refused = await post(url, { id: 7 });
    expect([refused.status, refused.headers['retry-after'], refused.json.id]).toEqual([503, '5', 7]);
    expect(refused.json.error.data).toEqual({ source: 'gateway', reason: 'circuit-open', mayHaveRun: false });
    expect(up.seen.length).toBe(sent);
    expect(events).toContainEqual({ type: 'circuit-opened', server: 's', forMs: 5000 });
  });

  it('lets one request try after its time: a bad end opens it again, a good one closes it', async () => {
    let now = 0;
    const up = await moody();
    up.broken = true;
    const { url, events } = await to([up.url], { circuit, retries: 2 }, { now: () => now });
    for (let i = 0; i < 4; i++) await post(url);
    now = 5000;
    const sent = up.seen.length;
    await Promise.all([post(url, LIST), post(url, LIST), post(url, LIST)]);
    // The trial is not repeated, and nothing is sent beside it.
    expect(up.seen.length).toBe(sent + 1);
    expect((await post(url)).json.error.data.reason).toBe('circuit-open');
    now = 10_000;
    up.broken = false;
    expect((await post(url)).status).toBe(200);
    expect((await post(url)).status).toBe(200);
    expect(events.at(-1)).toEqual({ type: 'circuit-closed', server: 's' });
  });

  it('forgets what lies outside its window, and stays closed below its number of requests', async () => {
    let now = 0;
    const up = await moody();
    up.broken = true;
    const { url, events } = await to([up.url], { circuit, retries: 0 }, { now: () => now });
    for (let i = 0; i < 9; i++) {
      await post(url);
      now += 4000;
    }
    expect(events.map(({ type }) => type)).not.toContain('circuit-opened');
  });

  it('lets another request try where the trial was given up by its caller', async () => {
    let now = 0;
    const up = await moody();
    up.broken = true;
    const { url, gateway } = await to([up.url], { circuit, retries: 0 }, { now: () => now });
    for (let i = 0; i < 4; i++) await post(url);
    now = 5000;
    up.server.removeAllListeners('request');
    up.server.on('request', (req) => req.resume());
    const left = new AbortController();
    const trial = fetch(`${url}/mcp`, {
      method: 'POST',
      signal: left.signal,
      body: '{}',
      headers: {
        'content-type': 'application/json',
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': 'tools/list',
      },
    });
    await vi.waitFor(() => expect(gateway.stats().inFlight).toBe(1));
    left.abort();
    await trial.catch(() => undefined);
    await vi.waitFor(() => expect(gateway.stats().inFlight).toBe(0));
    up.server.removeAllListeners('request');
    up.server.on('request', answering('back'));
    expect((await post(url)).json.result.from).toBe('back');
  });

  it('keeps its state over a reload that does not concern it', async () => {
    const up = await moody();
    up.broken = true;
    const server = { path: '/mcp', replicas: [up.url], circuit, retries: 0, health: { failures: 1000 } };
    const { url, gateway } = await startGateway({ servers: { s: server } }, { now: () => 0 });
    for (let i = 0; i < 4; i++) await post(url);
    const { port } = new URL(url);
    gateway.reload({ listen: { port: 0 }, servers: { s: server }, drain: '1s' });
    expect(port).not.toBe('0');
    expect((await post(url)).json.error.data.reason).toBe('circuit-open');
  });
});

describe('the retry budget', () => {
  it('keeps an outage from being multiplied', async () => {
    const up = await moody();
    up.broken = true;
    const retryBudget = { percent: 20, least: 5, window: '10s' };
    const { url } = await to([up.url, `${up.url}?b`], { retries: 3, retryBudget }, { now: () => 0 });
    await Promise.all(Array.from({ length: 100 }, () => post(url, LIST)));
    // Without a budget it would be 400.
    expect(up.seen.length).toBeGreaterThan(105);
    expect(up.seen.length).toBeLessThanOrEqual(120);
  });

  it('does not count what was certainly not sent', async () => {
    const up = await moody();
    const retryBudget = { percent: 0, least: 0 };
    const { url } = await to([await nowhere(), up.url], { retryBudget });
    for (let i = 0; i < 6; i++) expect((await post(url)).status).toBe(200);
  });
});

describe('hedging', () => {
  const hedge = { after: '20ms' };
  let given = 0;
  const slow: RequestListener = (req) => {
    req.resume();
    req.on('close', () => {
      given += 1;
    });
  };
  beforeEach(() => {
    given = 0;
  });

  it('sends a slow read to a second replica, takes the first answer and cancels the other', async () => {
    const stuck = await upstream(slow);
    const quick = await upstream(answering('quick'));
    const { url, events, gateway } = await to([stuck.url, quick.url], { hedge });
    expect((await post(url, LIST)).json.result.from).toBe('quick');
    expect(events).toContainEqual(expect.objectContaining({ type: 'hedged', method: 'tools/list' }));
    await vi.waitFor(() => expect(given).toBe(1));
    const replicas = gateway.stats().servers[0]?.replicas;
    expect(replicas?.map(({ inFlight, failures }) => [inFlight, failures])).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });

  it('never doubles a call, nor what is not a read', async () => {
    const first = await upstream(late('first', 80));
    const second = await upstream(answering('second'));
    const { url } = await to([first.url, second.url], { hedge: { after: '1ms' } });
    expect((await post(url)).json.result.from).toBe('first');
    expect(second.seen).toHaveLength(0);
    await post(url);
    const read = { method: 'prompts/get', headers: { 'mcp-name': 'x' } };
    expect((await post(url, read)).json.result.from).toBe('first');
    expect(second.seen).toHaveLength(1);
  });

  it('waits for the other where one of the two fails, whichever it is', async () => {
    const failing = await upstream((req) => setTimeout(() => req.socket.destroy(), 60));
    const good = await upstream(late('good', 120));
    const { url } = await to([failing.url, good.url], { hedge, retries: 0 });
    expect((await post(url, LIST)).json.result.from).toBe('good');
    const other = await to([good.url, failing.url], { hedge, retries: 0 });
    expect((await post(other.url, LIST)).json.result.from).toBe('good');
  });

  it('is bounded by the retry budget', async () => {
    const slowish = await upstream(late('slowish', 60));
    const retryBudget = { percent: 10, least: 1 };
    const { url } = await to([slowish.url, `${slowish.url}?b`], { hedge, retryBudget }, { now: () => 0 });
    await Promise.all(Array.from({ length: 30 }, () => post(url, LIST)));
    expect(slowish.seen.length).toBeLessThanOrEqual(33);
    expect(slowish.seen.length).toBeGreaterThan(30);
  });

  it('waits as long as the percentile of recent answers', async () => {
    const steady = await upstream(late('steady', 30));
    const { url, events } = await to([steady.url, `${steady.url}?b`], {
      hedge: { after: '100ms', percentile: 90 },
    });
    for (let i = 0; i < 25; i++) await post(url, LIST);
    expect(events.filter(({ type }) => type === 'hedged')).toEqual([]);
  });

  it('leaves the caller that goes nothing behind', async () => {
    const stuck = await upstream(slow);
    const alsoStuck = await upstream(slow);
    const { url, gateway } = await to([stuck.url, alsoStuck.url], { hedge });
    const leaving = new AbortController();
    const headers = {
      'content-type': 'application/json',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/list',
    };
    const asked = fetch(`${url}/mcp`, { method: 'POST', body: '{}', headers, signal: leaving.signal });
    await vi.waitFor(() => expect(alsoStuck.seen).toHaveLength(1));
    leaving.abort();
    await asked.catch(() => undefined);
    await vi.waitFor(() => expect(gateway.stats().inFlight).toBe(0));
    await vi.waitFor(() => expect(given).toBe(2));
  });
});

import type { RequestListener } from 'node:http';
import { describe, expect, it } from 'vitest';
import { ask } from '../test/federation.ts';
import { nowhere, type Running, startGateway, type Upstream, upstream } from '../test/support.ts';
import { until } from '../test/until.ts';
import { mintApiKey } from './identify/mint-key.ts';
import type { GatewayConfig, ServerConfig } from './index.ts';

interface Version {
  readonly text?: string;
  readonly status?: number;
  /** Never answers a call. */
  readonly silent?: boolean;
}

const TOOLS = [
  { name: 'look', annotations: { readOnlyHint: true } },
  { name: 'put', annotations: { idempotentHint: true } },
  { name: 'pay', annotations: { readOnlyHint: false } },
  { name: 'plain' },
];

function version({ text = 'same', status = 200, silent = false }: Version = {}): Promise<Upstream> {
  const listener: RequestListener = (req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const { id, method, params } = JSON.parse(Buffer.concat(chunks).toString());
      if (silent && method === 'tools/call') return;
      const result =
        method === 'tools/list'
          ? { resultType: 'complete', ttlMs: 60_000, cacheScope: 'public', tools: TOOLS, text }
          : { resultType: 'complete', content: [{ type: 'text', text: `${params.name} ${text}` }] };
      res.writeHead(status, { 'content-type': 'application/json' });
      res.end(JSON.stringify({ jsonrpc: '2.0', id, result }));
    });
  };
  return upstream(listener);
}

function gateway(server: ServerConfig, rest: Partial<GatewayConfig> = {}): Promise<Running> {
  const config = { federation: { path: '/all' }, ...rest, servers: { s: { path: '/mcp', ...server } } };
  return startGateway(config, { random: () => 0 });
}

const callsOf = ({ seen }: Upstream) =>
  seen.flatMap(({ body, headers }) =>
    headers['mcp-method'] === 'tools/call' ? [JSON.parse(body ?? '').params.name] : [],
  );

describe('a canary', () => {
  const users = Array.from({ length: 40 }, (_, i) => mintApiKey({ name: `user${i}` }));

  it('gets its share of the callers of a tool, each of whom stays with one version at every instance', async () => {
    const [stable, canary] = [await version({ text: 'v1' }), await version({ text: 'v2' })];
    const server = {
      replicas: [stable.url],
      canary: { replicas: [canary.url], share: 50, tools: ['look'] },
    };
    const rest = { identify: { keys: users.map(({ entry }) => entry) } };
    const [one, other] = [await gateway(server, rest), await gateway(server, rest)];
    const seen: string[] = [];
    for (const { key } of users) {
      const headers = { 'x-api-key': key };
      const texts = new Set<string>();
      for (const [url, name, path] of [
        [one.url, 'look', '/mcp'],
        [other.url, 'look', '/mcp'],
        [one.url, 's__look', '/all'],
      ] as const)
        texts.add((await ask(url, 'tools/call', { name }, { path, headers })).json.result.content[0].text);
      expect(texts.size).toBe(1);
      seen.push(...texts);
      const { json } = await ask(one.url, 'tools/call', { name: 'pay' }, { headers });
      expect(json.result.content[0].text).toBe('pay v1');
    }
    const share = seen.filter((text) => text === 'look v2').length;
    expect(share).toBeGreaterThan(8);
    expect(share).toBeLessThan(32);
    const { canary: figures } = one.gateway.stats().servers[0] ?? {};
    expect(figures?.canary).toEqual({ calls: share * 2, failed: 0 });
    expect(figures?.stable).toEqual({ calls: (40 - share) * 2, failed: 0 });
  });

  it('that cannot be reached gets nothing more, and its failures are counted', async () => {
    const stable = await version({ text: 'v1' });
    const { url, gateway: running } = await gateway({
      replicas: [stable.url],
      retries: 0,
      health: { failures: 1, eject: '10s' },
      canary: { replicas: [await nowhere()], share: 100 },
    });
    const statuses: number[] = [];
    for (let i = 0; i < 3; i++)
      statuses.push((await ask(url, 'tools/call', { name: 'look' }, { path: '/mcp' })).status);
    expect(statuses).toEqual([503, 200, 200]);
    const { canary } = running.stats().servers[0] ?? {};
    expect([canary?.canary, canary?.stable]).toEqual([
      { calls: 1, failed: 1 },
      { calls: 2, failed: 0 },
    ]);
  });
});

describe('a shadow', () => {
  async function shadowed(stable: Version, shadow: Version) {
    const [main, copy] = [await version(stable), await version(shadow)];
    const running = await gateway({ replicas: [main.url], shadow: { replicas: [copy.url] } });
    const call = async (name: string, path = '/mcp') =>
      (await ask(running.url, 'tools/call', { name }, { path })).json.result?.content[0].text;
    // The first call finds out what the tools are.
    await call('plain');
    const figures = () => running.gateway.stats().servers[0]?.shadow;
    await until(() => main.seen.length >= 1);
    return { ...running, main, copy, call, figures };
  }

  it('gets a copy of what changes nothing, and never of anything else', async () => {
    const { call, copy, main, figures, url } = await shadowed({}, {});
    for (const name of ['look', 'look', 'put', 'pay', 'plain', 'none']) await call(name);
    await call('s__look', '/all');
    await ask(url, 'tools/list', {}, { path: '/mcp' });
    await until(() => (figures()?.compared ?? 0) >= 4);
    expect(callsOf(copy).filter((name) => name !== 'look' && name !== 'put')).toEqual([]);
    expect(callsOf(copy).length).toBeGreaterThanOrEqual(3);
    expect(figures()).toMatchObject({ differed: 0, dropped: 0 });
    expect(callsOf(main).filter((name) => name === 'pay')).toEqual(['pay']);
  });

  it('that answers otherwise is reported by where it does, not by what it says', async () => {
    const { call, events, figures } = await shadowed({ text: 'secret one' }, { text: 'secret two' });
    await until(async () => {
      expect(await call('look')).toBe('look secret one');
      return (figures()?.differed ?? 0) > 0;
    });
    const told = events.find(({ type }) => type === 'shadow-differs');
    expect(told).toEqual({
      type: 'shadow-differs',
      server: 's',
      method: 'tools/call',
      name: 'look',
      at: ['content[0].text'],
    });
    expect(JSON.stringify(events)).not.toContain('secret');
  });

  it('that fails, or never answers, is nothing to the callers', async () => {
    const broken = await shadowed({}, { status: 500 });
    await until(async () => {
      expect(await broken.call('look')).toBe('look same');
      return (broken.figures()?.differed ?? 0) > 0;
    });
    const silent = await shadowed({}, { silent: true });
    const started = Date.now();
    for (let i = 0; i < 50; i++) expect(await silent.call('look')).toBe('look same');
    expect(Date.now() - started).toBeLessThan(5000);
    expect(silent.figures()?.dropped).toBeGreaterThan(0);
    expect(callsOf(silent.copy).length).toBeLessThanOrEqual(32);
  });
});

import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { NO_REDIS, ownRedis } from '../test/redis.ts';
import { answering, post, startGateway, upstream } from '../test/support.ts';
import { until } from '../test/until.ts';
import { parseConfig, parseConfigInSlices } from './config/parse.ts';

/** A thousand servers, of which the last is at that URL and the others are at ports of that round. */
function thousand(url: string, round: number): string {
  const others = Array.from({ length: 999 }, (_, i) => [
    `s${i}`,
    { replicas: [`http://10.0.${i >> 8}.${i & 255}:300${round}/mcp`] },
  ]);
  return stringify({
    listen: { port: 0 },
    servers: { ...Object.fromEntries(others), last: { path: '/mcp', replicas: [url] } },
  });
}

describe('a reload of a thousand servers', () => {
  it('opens nothing that nobody asks for: taking the plan into use costs less than reading it', async () => {
    const { url } = await upstream(answering());
    const { gateway, url: base } = await startGateway(parseConfig(thousand(url, 0)).config);
    const ratios: number[] = [];
    for (let round = 1; round <= 5; round++) {
      const before = process.cpuUsage();
      const { plan } = parseConfig(thousand(url, round));
      const read = process.cpuUsage(before);
      const between = process.cpuUsage();
      gateway.reload(plan);
      const taken = process.cpuUsage(between);
      ratios.push((taken.user + taken.system) / (read.user + read.system));
      expect((await post(base)).status).toBe(200);
    }
    expect(Math.min(...ratios)).toBeLessThan(0.5);
    expect(gateway.stats().servers).toHaveLength(1000);
  });

  it('is read in slices, between which callers are answered', async () => {
    const { url } = await upstream(answering());
    const { gateway, url: base } = await startGateway(parseConfig(thousand(url, 0)).config);
    const order: string[] = [];
    const reading = parseConfigInSlices(thousand(url, 1), {}, { sliceMs: 0 }).then(({ plan }) => {
      order.push('read');
      gateway.reload(plan);
    });
    const asking = post(base).then(({ status }) => order.push(`answered ${status}`));
    await Promise.all([reading, asking]);
    expect(order).toEqual(['answered 200', 'read']);
  });
});

describe('a reload that is refused', () => {
  it('leaves no connection behind to what it referred to', async ({ skip }) => {
    const redis = (await ownRedis()) ?? skip(NO_REDIS);
    const { url } = await upstream(answering());
    const servers = { s: { path: '/mcp', replicas: [url] } };
    const { gateway, url: base } = await startGateway({ servers }, { env: {} });
    const connections = async () => (await redis.ask('CLIENT LIST')).match(/^id=/gm)?.length;
    const store = { url: 'postgres://u@127.0.0.1/d', password: { env: 'ABSENT' } };
    const plan = { listen: { port: 0 }, servers, state: redis.url, cache: { store: 'state' } } as const;
    gateway.reload(plan);
    await until(async () => (await connections()) === 2);
    gateway.reload({ listen: { port: 0 }, servers });
    await until(async () => (await connections()) === 1);
    expect(() => gateway.reload({ ...plan, integrity: {}, store })).toThrow(/ABSENT/);
    await new Promise((resolve) => setImmediate(resolve));
    // Had it been kept, it would be there by now: the next one is.
    gateway.reload({ ...plan, state: { url: redis.url, prefix: 'other:' } });
    await until(async () => /cmd=/.test(await redis.ask('CLIENT LIST')) && (await connections()) === 2);
    expect((await post(base)).status).toBe(200);
  });
});

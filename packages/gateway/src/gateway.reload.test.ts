import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { answering, post, startGateway, upstream } from '../test/support.ts';
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

import { describe, expect, it, vi } from 'vitest';
import { answering, gatewayTo, nowhere, post, type Upstream, upstream } from '../../test/support.ts';
import type { HealthConfig } from '../index.ts';

const probing = (rest: object = {}): HealthConfig => ({
  ...{ failures: 2, eject: '1h', maxEject: '1h' },
  active: { interval: '20ms', timeout: '100ms', ...rest },
});

/** Answers while it is well; hangs or refuses while it is not. */
async function patient(): Promise<Upstream & { ill: 'no' | 'refuses' | 'hangs' }> {
  const state: { ill: 'no' | 'refuses' | 'hangs' } = { ill: 'no' };
  const up = await upstream((req, res) => {
    if (state.ill === 'hangs') req.resume();
    else if (state.ill === 'refuses') res.writeHead(503).end();
    else if (req.method === 'GET') res.writeHead(req.url === '/healthz' ? 204 : 404).end();
    else answering('well')(req, res);
  });
  return Object.assign(state, up);
}

describe('a replica that the gateway asks by itself', () => {
  it.each(['refuses', 'hangs'] as const)(
    'is left out when it %s, and comes back when it answers',
    async (ill) => {
      const [sick, well] = [await patient(), await patient()];
      const { url, gateway, events } = await gatewayTo([sick.url, well.url], { health: probing() });
      const state = () => gateway.stats().servers[0]?.replicas[0]?.state;
      sick.ill = ill;
      await vi.waitFor(() => expect(state()).toBe('out'), { timeout: 5000 });
      const asked = () => sick.seen.filter(({ headers }) => headers['mcp-method'] === 'tools/call').length;
      for (let i = 0; i < 4; i++) expect((await post(url)).status).toBe(200);
      expect(asked()).toBe(0);
      sick.ill = 'no';
      await vi.waitFor(() => expect(state()).toBe('in'), { timeout: 5000 });
      expect(events.map(({ type }) => type)).toEqual(
        expect.arrayContaining(['replica-ejected', 'replica-returned']),
      );
      for (let i = 0; i < 4; i++) await post(url);
      expect(asked()).toBeGreaterThan(0);
    },
  );

  it('is asked for its discovery, or for a path', async () => {
    const up = await patient();
    await gatewayTo([up.url], { health: probing() });
    await vi.waitFor(() => expect(up.seen.length).toBeGreaterThan(1));
    expect(up.seen[0]).toMatchObject({ method: 'POST', target: '/mcp' });
    expect(up.seen[0]?.headers['mcp-method']).toBe('server/discover');
    const other = await patient();
    const { gateway } = await gatewayTo([other.url], { health: probing({ path: '/healthz' }) });
    await vi.waitFor(() => expect(other.seen.length).toBeGreaterThan(3));
    expect(other.seen[0]).toMatchObject({ method: 'GET', target: '/healthz' });
    expect(gateway.stats().servers[0]?.replicas[0]?.state).toBe('in');
    const lost = await gatewayTo([other.url], { health: probing({ path: '/elsewhere' }) });
    await vi.waitFor(() => expect(lost.gateway.stats().servers[0]?.replicas[0]?.state).toBe('out'));
  });

  it('holds no connection by answers that do not end', async () => {
    const up = await upstream((_, res) => void res.writeHead(200).write('a part'));
    const { gateway } = await gatewayTo([up.url], { health: probing() });
    await vi.waitFor(() => expect(up.seen.length).toBeGreaterThan(3), { timeout: 5000 });
    gateway.reload({ listen: { port: 0 }, servers: { s: { path: '/mcp', replicas: [await nowhere()] } } });
    await vi.waitFor(() => expect(up.sockets.size).toBe(0), { timeout: 5000 });
  });

  it('is asked no more once the gateway is closed, or has no such replica any more', async () => {
    const [gone, up] = [await patient(), await patient()];
    const { gateway } = await gatewayTo([gone.url], { health: probing() });
    await vi.waitFor(() => expect(gone.seen.length).toBeGreaterThan(1));
    gateway.reload({
      listen: { port: 0 },
      servers: { s: { path: '/mcp', replicas: [up.url, await nowhere()], health: probing() } },
    });
    await vi.waitFor(() => expect(up.seen.length).toBeGreaterThan(5), { timeout: 5000 });
    const before = gone.seen.length;
    await vi.waitFor(() => expect(up.seen.length).toBeGreaterThan(12), { timeout: 5000 });
    expect(gone.seen.length).toBe(before);
    await gateway.close({ timeoutMs: 0 });
    const last = up.seen.length;
    await expect(
      vi.waitFor(() => expect(up.seen.length).toBeGreaterThan(last), { timeout: 150 }),
    ).rejects.toThrow();
  });
});

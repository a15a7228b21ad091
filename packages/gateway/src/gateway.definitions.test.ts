import { describe, expect, it } from 'vitest';
import { ask, type CacheableUpstream, cacheable } from '../test/cacheable.ts';
import { startGateway } from '../test/support.ts';
import type { GatewayConfig } from './config/config.ts';
import { mintApiKey } from './identify/mint-key.ts';

const MEBIBYTE = 1024 * 1024;

/** Calls depend on what the server says of its tools. */
const policy: GatewayConfig['policy'] = {
  default: 'allow',
  rules: [{ name: 'no-harm', effect: 'deny', when: 'tool.annotations.destructiveHint' }],
};

const harmless = (name: string, text = '') => ({
  ...{ name, description: text, inputSchema: { type: 'object' } },
  annotations: { destructiveHint: false },
});

/** A server whose tool `wipe` is harmless to everybody but `admin`, whose lists are of that scope. */
function byCredential(cacheScope: 'public' | 'private'): Promise<CacheableUpstream> {
  return cacheable(
    ({ method, headers }) => {
      const shown = headers['authorization'] ?? headers['x-api-key'];
      const annotations = { destructiveHint: shown === 'Bearer admin' || shown === 'admin' };
      const tools = [{ ...harmless('wipe'), annotations }];
      return method === 'tools/list'
        ? { resultType: 'complete', tools, ttlMs: 60_000, cacheScope }
        : { resultType: 'complete', content: [] };
    },
    { listens: false },
  );
}

const listsAsked = ({ got }: CacheableUpstream) => got.filter(({ method }) => method === 'tools/list').length;

/** Whether calls of `wipe` with those headers, one after another, get to the server. */
async function wipes(url: string, callers: readonly Record<string, string>[]): Promise<boolean[]> {
  const done: boolean[] = [];
  for (const caller of callers) {
    const headers = { 'mcp-name': 'wipe', ...caller };
    const { json } = await ask(url, {
      method: 'tools/call',
      params: { name: 'wipe', arguments: {} },
      headers,
    });
    done.push(json.result !== undefined);
  }
  return done;
}

describe('definitions that decisions depend on', () => {
  it.each([
    ['a token, private', 'private', { authorization: 'Bearer guest' }, { authorization: 'Bearer admin' }],
    ['a token, public', 'public', { authorization: 'Bearer guest' }, { authorization: 'Bearer admin' }],
    ['a key', 'private', { 'x-api-key': 'guest' }, { 'x-api-key': 'admin' }],
  ] as const)('are those of the caller whom the server knows by %s', async (_, scope, guest, admin) => {
    const up = await byCredential(scope);
    const servers = { s: { path: '/mcp', replicas: [up.url], authorization: 'pass' } } as const;
    const { url } = await startGateway({ servers, policy });
    expect(await wipes(url, [guest, admin, guest, admin])).toEqual([true, false, true, false]);
    expect(listsAsked(up)).toBe(2);
  });

  it('are asked for once where the server calls them public and is trusted, or sees no credentials', async () => {
    const up = await byCredential('public');
    const server = { path: '/mcp', replicas: [up.url], authorization: 'pass' } as const;
    const trusting = await startGateway({ servers: { s: { ...server, trusted: true } }, policy });
    const callers = [{ authorization: 'Bearer a' }, { authorization: 'Bearer b' }];
    expect(await wipes(trusting.url, callers)).toEqual([true, true]);
    expect(listsAsked(up)).toBe(1);
    const { url } = await startGateway({ servers: { s: { ...server, authorization: 'drop' } }, policy });
    expect(await wipes(url, callers)).toEqual([true, true]);
    expect(listsAsked(up)).toBe(2);
  });

  it('are asked for as far as one answer may go, and no further, where a list has no end', async () => {
    const page = (n: number) => ({
      ...{ resultType: 'complete', nextCursor: `p${n}`, ttlMs: 0, cacheScope: 'private' },
      tools: [harmless(`t${n}`, 'x'.repeat(MEBIBYTE))],
    });
    const up = await cacheable((_, n) => page(n), { listens: false });
    const servers = { s: { path: '/mcp', replicas: [up.url] } };
    const { url } = await startGateway({ servers, policy, limits: { result: '4MiB' } });
    const call = { method: 'tools/call', params: { name: 'x', arguments: {} }, headers: { 'mcp-name': 'x' } };
    const { status, json } = await ask(url, call);
    expect([status, json.error.data.reason]).toEqual([502, 'upstream-invalid']);
    expect(up.got.length).toBeLessThanOrEqual(5);
  });

  it('take no more memory the more callers there are, each with definitions of its own', async () => {
    const tools = [harmless('a', 'x'.repeat(4 * MEBIBYTE))];
    const up = await cacheable(
      ({ method }) =>
        method === 'tools/list'
          ? { resultType: 'complete', tools, ttlMs: 60_000, cacheScope: 'private' }
          : { resultType: 'complete', content: [] },
      { listens: false },
    );
    const minted = Array.from({ length: 12 }, (_, i) => mintApiKey({ name: `n${i}` }));
    const keys = minted.map(({ entry }) => entry);
    const servers = { s: { path: '/mcp', replicas: [up.url] } };
    const { url } = await startGateway({ servers, policy, identify: { keys } });
    const calls = async (key: string) => {
      const params = { name: 'a', arguments: {} };
      const headers = { 'mcp-name': 'a', 'x-api-key': key };
      expect((await ask(url, { method: 'tools/call', params, headers })).status).toBe(200);
    };
    const lists = () => up.got.filter(({ method }) => method === 'tools/list').length;
    for (const { key } of minted) await calls(key);
    expect(lists()).toBe(12);
    await calls(minted.at(-1)?.key ?? '');
    expect(lists()).toBe(12);
    await calls(minted[0]?.key ?? '');
    expect(lists()).toBe(13);
  });
});

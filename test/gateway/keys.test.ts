import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type GatewayConfig, type KeyEntry, mintApiKey } from '@switchyard/gateway';
import { describe, expect, it, onTestFinished } from 'vitest';
import { answering, post, startGateway, upstream } from '../../packages/gateway/test/support.ts';
import { startIssuer } from './issuer.ts';

const NOW = Date.parse('2026-11-26T12:00:00Z');

function entriesFile(entries: readonly KeyEntry[]): {
  readonly file: string;
  write(entries: readonly object[]): void;
} {
  const folder = mkdtempSync(path.join(tmpdir(), 'switchyard-keys-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'keys.yaml');
  const write = (list: readonly object[]) => writeFileSync(file, JSON.stringify(list), { mode: 0o600 });
  write(entries);
  return { file, write };
}

/** A gateway with the servers `a` and `b` that accepts keys. */
async function withKeys(identify: GatewayConfig['identify'], more: Partial<GatewayConfig> = {}) {
  const server = await upstream(answering());
  const config: GatewayConfig = {
    listen: { port: 0 },
    ...(identify === undefined ? {} : { identify }),
    servers: { a: { replicas: [server.url] }, b: { replicas: [server.url] } },
    ...more,
  };
  const running = await startGateway(config, { clock: () => NOW });
  const call = (headers: Readonly<Record<string, string | readonly string[]>>, name = 'a') =>
    post(running.url, { path: `/servers/${name}/mcp`, headers });
  const status = async (key: string, name?: string) =>
    (await call({ authorization: `Bearer ${key}` }, name)).status;
  return { ...running, server, config, call, status };
}

describe('an API key', () => {
  it('is 256 random bits, kept by its hash alone', () => {
    const made = [mintApiKey({ name: 'ci', tenant: 'acme' }), mintApiKey({ name: 'ci' })];
    expect(made[0]?.key).toMatch(/^sy_[A-Za-z0-9_-]{43}$/);
    expect(made[0]?.key).not.toBe(made[1]?.key);
    const digest = createHash('sha256')
      .update(made[0]?.key ?? '')
      .digest('hex');
    expect(made[0]?.entry).toEqual({ name: 'ci', hash: `sha256:${digest}`, tenant: 'acme' });
  });

  it('lets in by either header, and goes no further', async () => {
    const { key, entry } = mintApiKey({ name: 'ci' });
    const { call, server } = await withKeys({ keys: [entry] });
    expect((await call({ authorization: `Bearer ${key}` })).status).toBe(200);
    expect((await call({ 'x-api-key': key })).status).toBe(200);
    expect(JSON.stringify(server.seen.map(({ rawHeaders }) => rawHeaders))).not.toContain(key);
  });

  it('counts at the servers and for as long as it says, with the scopes it has', async () => {
    const limited = mintApiKey({ name: 'limited', servers: ['a'] });
    const old = mintApiKey({ name: 'old', expires: '2026-11-26T13:00:00+01:00' });
    const young = mintApiKey({ name: 'young', expires: '2026-11-27', scopes: ['admin'] });
    const { call, status } = await withKeys({
      keys: [limited, old, young].map(({ entry }) => entry),
      scopes: { tools: { wipe: ['write'] } },
      impliedScopes: { admin: ['write'] },
    });
    expect([await status(limited.key), await status(limited.key, 'b')]).toEqual([200, 401]);
    expect([await status(old.key), await status(young.key)]).toEqual([401, 200]);
    const wipe = (key: string) => call({ 'x-api-key': key, 'mcp-name': 'wipe' });
    expect((await wipe(young.key)).status).toBe(200);
    const refused = await wipe(limited.key);
    expect([refused.status, refused.headers['www-authenticate']]).toEqual([
      403,
      'Bearer error="insufficient_scope", scope="write"',
    ]);
  });

  it('is refused where it is not one: unknown, short, twice, beside another, or with the right first bytes of a hash', async () => {
    const { key, entry } = mintApiKey({ name: 'ci' });
    const near = mintApiKey({ name: 'near' });
    // Differs from the hash of `near.key` in its last digit only.
    const last = near.entry.hash.endsWith('0') ? '1' : '0';
    const almost = { ...near.entry, hash: near.entry.hash.slice(0, -1) + last };
    const short = 'sy_short';
    const guessed = { name: 'short', hash: `sha256:${createHash('sha256').update(short).digest('hex')}` };
    const { call, status, server, events } = await withKeys({ keys: [entry, almost, guessed] });
    for (const wrong of [mintApiKey({ name: 'x' }).key, near.key, short, `${key}x`, key.slice(0, -1), ''])
      expect(await status(wrong)).toBe(401);
    expect((await call({ authorization: `Bearer ${key}`, 'x-api-key': key })).status).toBe(400);
    expect((await call({ 'x-api-key': [key, key] })).status).toBe(400);
    const challenge = (await call({ 'x-api-key': near.key })).headers['www-authenticate'];
    expect(challenge).toBe('Bearer realm="mcp", error="invalid_token"');
    expect(server.seen).toEqual([]);
    expect(JSON.stringify(events)).not.toContain(key);
  });

  it('stops to count with the reload after it has left its file; a bad file changes nothing', async () => {
    const [one, two] = [mintApiKey({ name: 'one' }), mintApiKey({ name: 'two' })];
    const { file, write } = entriesFile([one.entry, two.entry]);
    const { gateway, config, status } = await withKeys({ keys: { file } });
    expect([await status(one.key), await status(two.key)]).toEqual([200, 200]);
    write([two.entry]);
    gateway.reload(config);
    expect([await status(one.key), await status(two.key)]).toEqual([401, 200]);
    for (const [bad, why] of [
      [[{ name: 'plain', hash: one.key }], `[0].hash is a text that does not fit`],
      [[two.entry, { ...two.entry, name: 'again' }], '[1] has the same hash as another key'],
      [[one.entry, { ...two.entry, name: 'one' }], '[1] has the name "one", which another key has'],
      [[{ ...one.entry, servers: ['nope'] }], '[0].servers[0] is "nope", which is no server'],
      [[{ ...one.entry, expires: '2026-13-45' }], '[0].expires is "2026-13-45", which is no date'],
    ] as const) {
      write(bad);
      expect(() => gateway.reload(config)).toThrow(why);
    }
    expect([await status(one.key), await status(two.key)]).toEqual([401, 200]);
    rmSync(file);
    expect(() => gateway.reload(config)).toThrow('identify.keys.file refers to');
  });

  it('is shown to no authorization server, known or not', async () => {
    const issuer = await startIssuer();
    const { key, entry } = mintApiKey({ name: 'ci' });
    const { status } = await withKeys(
      {
        keys: [entry],
        issuers: [
          {
            issuer: issuer.issuer,
            introspection: {
              endpoint: `${issuer.issuer}/ask`,
              clientId: 'gw',
              clientSecret: { env: 'HOME' },
            },
          },
        ],
      },
      { listen: { port: 0, publicUrl: 'https://mcp.example.com' } },
    );
    expect(await status(key)).toBe(200);
    expect(await status(mintApiKey({ name: 'x' }).key)).toBe(401);
    expect(issuer.fetched()).toBe(0);
    await status('opaque-token-of-the-issuer-that-is-not-a-key');
    expect(issuer.fetched()).toBe(1);
  });

  it('is the server’s business where the gateway has none', async () => {
    const { call, server } = await withKeys(undefined);
    expect((await call({ 'x-api-key': 'k' })).status).toBe(200);
    expect(server.seen[0]?.headers['x-api-key']).toBe('k');
  });
});

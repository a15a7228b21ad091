import { parseConfig } from '@switchyard/gateway';
import { afterEach, expect, test } from 'vitest';
import { blocksOf, readPage } from '../docs/markdown.ts';
import { freePorts } from '../support/ports.ts';
import { cleanUp, run, start } from './support/command.ts';
import { project } from './support/project.ts';

const blocks = blocksOf(readPage('docs/guides/governed-fleet.md'));
const sources = blocks.filter(({ language }) => language === 'ts').map(({ text }) => text);
const configs = blocks.filter(({ language }) => language === 'yaml').map(({ text }) => text);

afterEach(cleanUp);

test('every configuration of the guide is a good one', () => {
  expect(configs).toHaveLength(5);
  for (const text of configs) expect(parseConfig(text).plan.servers.length).toBe(2);
});

test('the guide leads from one server to a governed fleet', { timeout: 60_000 }, async () => {
  const [shopPort = 0, weatherPort = 0, port = 0] = await freePorts(3);
  using folder = project({ 'shop.ts': sources[0] ?? '', 'weather.ts': sources[1] ?? '' });
  const cwd = folder.folder;
  const keys = { ann: await mint('ann', '--scope', 'buy'), bob: await mint('bob') };
  const ofHere = (text: string) =>
    `listen: { port: ${port} }\n${text}`
      .replaceAll(':3001/', `:${shopPort}/`)
      .replaceAll(':3002/', `:${weatherPort}/`)
      .replace(/sha256:0+1/, keys.ann.hash)
      .replace(/sha256:0+2/, keys.bob.hash);
  const url = `http://127.0.0.1:${port}/mcp`;
  const call = (key: string | undefined, ...args: string[]) =>
    run(['call', url, ...args, ...(key === undefined ? [] : ['--token', key])], { cwd });

  for (const [file, at] of [
    ['shop.ts', shopPort],
    ['weather.ts', weatherPort],
  ] as const)
    await start(['serve', file, '--port', String(at)], { cwd }).says(/Serving/);
  folder.write('gateway.yaml', ofHere(configs[0] ?? ''));
  const gateway = start(['gateway', 'gateway.yaml'], { cwd });
  await gateway.says(new RegExp(`^${url} {2}2 servers$`, 'm'));
  expect((await call(undefined, 'weather__forecast', 'city=Paris')).out).toBe('Sun in Paris.\n');

  for (const text of configs.slice(1, 4)) {
    folder.write('gateway.yaml', ofHere(text));
    await gateway.says(/reloaded/);
  }
  const stranger = await call(undefined, 'weather__forecast', 'city=Paris');
  expect(stranger.err).toContain('401');
  expect((await call(keys.ann.key, 'shop__order', 'article=pear')).out).toBe('ordered pear\n');
  const refused = await call(keys.bob.key, 'shop__order', 'article=pear');
  expect(refused.err).toContain(
    'There is no tool "shop__order" here. There is: shop__stock, weather__forecast.',
  );
  expect((await call(keys.bob.key, 'shop__stock', 'article=pear')).out).toBe('3\n');

  gateway.signal('SIGTERM');
  expect(await gateway.ended).toBe(0);
  const query = await run(['audit', 'query', 'gateway.yaml', '--subject', 'bob'], { cwd });
  expect(query.out).toMatch(/request {2}bob {2}tools\/call stock {2}shop {2}200 complete/);
  const verified = await run(['audit', 'verify', 'gateway.yaml'], { cwd });
  expect(verified).toMatchObject({ code: 0, out: expect.stringMatching(/records in 1 chain: whole/) });
});

/** A key as `gateway-key` gives it out, and its hash as it is to be written down. */
async function mint(name: string, ...args: string[]): Promise<{ key: string; hash: string }> {
  const { out, err } = await run(['gateway-key', name, ...args]);
  const [hash = ''] = /sha256:[0-9a-f]{64}/.exec(err) ?? [];
  return { key: out.trim(), hash };
}

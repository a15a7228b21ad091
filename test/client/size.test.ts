import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { root } from '../support/peers.ts';

const ENTRY_LIMIT = 18_000;
const TASKS_LIMIT = 8_000;

/** What an application gets that imports the entry and loads nothing late. */
async function bundle(entry: string, platform: 'browser' | 'node'): Promise<{ eager: string; all: string }> {
  const { outputFiles, metafile } = await build({
    entryPoints: [`${root}/packages/client/src/${entry}.ts`],
    bundle: true,
    minify: true,
    splitting: true,
    format: 'esm',
    metafile: true,
    write: false,
    outdir: '/out',
    platform,
    conditions: ['@switchyard/source'],
    external: platform === 'node' ? ['undici'] : [],
  });
  const texts = new Map(outputFiles.map((file) => [file.path, file.text]));
  const wanted = new Set<string>();
  const visit = (name: string): void => {
    if (wanted.has(name)) return;
    wanted.add(name);
    for (const { path, kind } of metafile.outputs[name]?.imports ?? []) {
      if (kind === 'import-statement') visit(path);
    }
  };
  for (const [name, { entryPoint }] of Object.entries(metafile.outputs)) {
    if (entryPoint?.endsWith(`packages/client/src/${entry}.ts`) === true) visit(name);
  }
  const eager = [...texts].filter(([path]) =>
    [...wanted].some((name) => path.endsWith(name.split('/').pop() ?? '')),
  );
  return { eager: eager.map(([, text]) => text).join('\n'), all: [...texts.values()].join('\n') };
}

it('the entry is small, and loads schema engine and telemetry late', async () => {
  const { eager, all } = await bundle('index', 'browser');
  expect(gzipSync(eager).length).toBeLessThan(ENTRY_LIMIT);
  expect(gzipSync(eager).length).toBeGreaterThan(ENTRY_LIMIT / 3);
  for (const late of ['unevaluatedProperties', 'opentelemetry']) {
    expect(all).toContain(late);
    expect(eager).not.toContain(late);
  }
});

it('what runs in browsers holds nothing of Node', async () => {
  // Bundling for a browser fails where a module of Node is imported; globals of Node are looked for by the layering test.
  const { all } = await bundle('index', 'browser');
  for (const trace of ['node:', 'child_process', 'undici', 'process.env']) expect(all).not.toContain(trace);
});

it('tasks are an entry of their own, which runs in browsers', async () => {
  const { eager: client } = await bundle('index', 'browser');
  expect(client).not.toContain('tasks/get');
  const { eager, all } = await bundle('tasks', 'browser');
  expect(gzipSync(eager).length).toBeLessThan(TASKS_LIMIT);
  expect(eager).toContain('tasks/get');
  for (const trace of ['node:', 'undici', 'process.env']) expect(all).not.toContain(trace);
});

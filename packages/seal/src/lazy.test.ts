import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';

describe('the package entry', () => {
  it('loads jose only when something is sealed or opened, and no module of Node at all', async () => {
    const { metafile } = await build({
      entryPoints: [fileURLToPath(new URL('./index.ts', import.meta.url))],
      bundle: true,
      splitting: true,
      minify: true,
      format: 'esm',
      platform: 'neutral',
      metafile: true,
      write: false,
      outdir: 'out',
      logLevel: 'silent',
    });
    const outputs = Object.entries(metafile.outputs);
    const entry = outputs.find(([, output]) => output.entryPoint?.endsWith('src/index.ts'))?.[1];
    const loaded =
      entry?.imports.filter(({ kind }) => kind === 'import-statement').map(({ path }) => path) ?? [];
    const inputs = [entry, ...outputs.filter(([name]) => loaded.includes(name)).map(([, output]) => output)];
    const names = inputs.flatMap((output) => Object.keys(output?.inputs ?? {}));
    expect(names.some((name) => name.endsWith('src/sealer.ts'))).toBe(true);
    expect(names.filter((name) => name.includes('jose/'))).toEqual([]);
    expect(
      outputs.some(([, output]) => Object.keys(output.inputs).some((name) => name.includes('jose/'))),
    ).toBe(true);
  });
});

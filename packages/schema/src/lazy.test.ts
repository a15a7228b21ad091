import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, type Metafile } from 'esbuild';
import { describe, expect, it } from 'vitest';

describe('the package entry', () => {
  it('holds no validator: each is a chunk of its own, loaded when first needed', async () => {
    const { metafile, outputFiles } = await bundle();
    const [entry] = Object.entries(metafile.outputs).filter(([, output]) =>
      output.entryPoint?.endsWith('src/index.ts'),
    );
    const inputs = withStaticImports(metafile, entry?.[0] ?? '').flatMap((name) =>
      Object.keys(metafile.outputs[name]?.inputs ?? {}),
    );
    expect(inputs.some((input) => input.endsWith('src/check.ts'))).toBe(true);
    expect(inputs.filter((input) => /node_modules|src\/(evaluate|engine|ajv)/.test(input))).toEqual([]);
    const later = Object.values(metafile.outputs).flatMap((output) => Object.keys(output.inputs));
    for (const engine of ['node_modules/ajv/', 'node_modules/re2js/', 'src/evaluate/']) {
      expect(later.some((input) => input.includes(engine))).toBe(true);
    }
    const names = withStaticImports(metafile, entry?.[0] ?? '');
    const sizes = outputFiles
      .filter(({ path }) => names.some((name) => path.endsWith(name)))
      .map(({ contents }) => contents);
    expect(gzipSync(Buffer.concat(sizes)).length).toBeLessThan(6_000);
  });
});

// ---------------------------------------------------------------------------------------------------------------------

function bundle() {
  return build({
    entryPoints: [fileURLToPath(new URL('./index.ts', import.meta.url))],
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    metafile: true,
    write: false,
    outdir: 'out',
    absWorkingDir: fileURLToPath(new URL('..', import.meta.url)),
    logLevel: 'silent',
  });
}

/** The outputs that are loaded together with one of them. */
function withStaticImports(metafile: Metafile, name: string, known = new Set<string>()): readonly string[] {
  if (known.has(name)) return [...known];
  known.add(name);
  for (const { path, kind } of metafile.outputs[name]?.imports ?? []) {
    if (kind === 'import-statement') withStaticImports(metafile, path, known);
  }
  return [...known];
}

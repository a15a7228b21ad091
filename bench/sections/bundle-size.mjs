import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const folder = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** What is never counted: ajv, which is loaded when a raw JSON Schema is first compiled, and what Node brings along. */
const EXTERNAL = ['ajv', 'ajv/*', 'node:*'];

/** The package that holds schemas to their rules and values to their schemas. */
export const VALIDATOR = ['@switchyard/schema'];

/** Entries whose size is told, by title. */
const ENTRIES = {
  '@switchyard/server without the validator': ['@switchyard/server', { external: VALIDATOR }],
  '@switchyard/server': ['@switchyard/server'],
  '@switchyard/server/node alone': ['@switchyard/server/node', { external: ['@switchyard/wire'] }],
  '@switchyard/wire': ['@switchyard/wire'],
  '@modelcontextprotocol/server': ['@modelcontextprotocol/server'],
  tmcp: ['tmcp'],
};

/** The sizes of all entries. */
export async function measureBundles() {
  const sizes = {};
  for (const [title, [entry, options]] of Object.entries(ENTRIES)) {
    const { minified, gzip, lazy } = await bundleSize(entry, options);
    sizes[title] = { minified, gzip, lazy };
  }
  return sizes;
}

/**
 * Bundles and minifies a package's entry, every export kept, and gives its size in bytes: `minified` is what an import loads
 * at once, `gzip` the same compressed, `lazy` what is loaded only when it is needed; `text` and `lazyText` are that code.
 * `external` names packages that do not count; `conditions` chooses among a package's exports.
 */
export async function bundleSize(entry, { external = [], conditions = ['import', 'default'] } = {}) {
  const { outputFiles, metafile } = await build({
    stdin: {
      contents: `export * from ${JSON.stringify(entry)};`,
      resolveDir: folder,
      sourcefile: 'entry.js',
    },
    bundle: true,
    minify: true,
    splitting: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    target: 'es2022',
    conditions,
    external: [...EXTERNAL, ...external],
    legalComments: 'none',
    outdir: path.join(folder, 'results'),
    write: false,
    metafile: true,
    absWorkingDir: folder,
    logLevel: 'silent',
  });
  const loaded = staticClosure(metafile.outputs);
  const bytesOf = (wanted) =>
    Buffer.concat(
      outputFiles
        .filter((file) => loaded.has(path.relative(folder, file.path)) === wanted)
        .map(({ contents }) => contents),
    );
  const atOnce = bytesOf(true);
  const later = bytesOf(false);
  return {
    minified: atOnce.length,
    gzip: gzipSync(atOnce, { level: 9 }).length,
    lazy: later.length,
    text: atOnce.toString('utf8'),
    lazyText: later.toString('utf8'),
  };
}

function staticClosure(outputs) {
  const [entry] = Object.keys(outputs).filter((file) => outputs[file].entryPoint?.endsWith('entry.js'));
  const closure = new Set([entry]);
  for (const file of closure) {
    for (const { path: imported, kind, external } of outputs[file].imports) {
      if (kind !== 'dynamic-import' && external !== true) closure.add(imported);
    }
  }
  return closure;
}

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
    const { text, ...size } = await bundleSize(entry, options);
    sizes[title] = size;
  }
  return sizes;
}

/**
 * Bundles and minifies a package's entry, every export kept, and gives its size in bytes: `minified` is what an import loads
 * at once, `gzip` the same compressed, `lazy` what is loaded only when it is needed, `text` the code that is loaded at once.
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
  const bytesOf = (atOnce) =>
    Buffer.concat(
      outputFiles
        .filter((file) => loaded.has(path.relative(folder, file.path)) === atOnce)
        .map(({ contents }) => contents),
    );
  const whole = bytesOf(true);
  return {
    minified: whole.length,
    gzip: gzipSync(whole, { level: 9 }).length,
    lazy: bytesOf(false).length,
    text: whole.toString('utf8'),
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

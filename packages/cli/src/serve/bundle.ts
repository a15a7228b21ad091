import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  type BuildFailure,
  build,
  type Loader,
  type Message,
  type OnResolveArgs,
  type OnResolveResult,
  type Plugin,
  type PluginBuild,
  stop,
} from 'esbuild';
import { LoadFailure } from './load-failure.ts';

/** A definition and the files of its own that it imports, as one module of plain JavaScript. */
export interface Bundle {
  readonly code: string;
  /** Absolute paths of everything that went into it. */
  readonly files: readonly string[];
}

/**
 * Bundles a definition with the files that it imports by path. Packages stay outside, so that the process has one copy of
 * each; a bundle is new every time, so that a change in any file takes effect. Rejects with `LoadFailure`. One at a time:
 * the end of one would stop the compiler of another.
 */
export async function bundle(file: string): Promise<Bundle> {
  const root = dirname(file);
  try {
    const { outputFiles, metafile } = await build({
      entryPoints: [file],
      absWorkingDir: root,
      // Never written; it gives the source map its base.
      outfile: join(root, '.switchyard-definition.mjs'),
      bundle: true,
      write: false,
      metafile: true,
      format: 'esm',
      platform: 'node',
      target: `node${process.versions.node}`,
      // As Node resolves: no bundler-only conditions and fields.
      conditions: [],
      mainFields: ['main'],
      sourcemap: 'inline',
      sourcesContent: false,
      sourceRoot: pathToFileURL(`${root}/`).href,
      logLevel: 'silent',
      define: Object.fromEntries(
        Object.keys(FILE_SCOPE).map((key) => [`import.meta.${key}`, nameInScope(key)]),
      ),
      plugins: [packagesOutside, fileScope],
    });
    const files = Object.keys(metafile.inputs).map((input) => resolve(root, input));
    return { code: outputFiles[0]?.text ?? '', files };
  } catch (error) {
    if (!isBuildFailure(error)) throw error;
    throw new LoadFailure(
      error.errors.map((message) => formatMessage(message, root)).join('\n'),
      filesIn(error.errors, root),
    );
  } finally {
    // The compiler is a process of its own; it must not outlive the need for it.
    await stop();
  }
}

// --- packages

const VISITED = Symbol('visited');

/** Leaves packages to Node, each under the address that it has for the importing file. */
const packagesOutside: Plugin = {
  name: 'packages-outside',
  setup(build) {
    build.onResolve({ filter: /^[^./]/ }, (args) => resolvePackage(build, args));
    // CommonJS cannot become part of a module; Node runs it as it is.
    build.onResolve({ filter: /^\..*\.cjs$/ }, ({ path, resolveDir, kind }) =>
      outside(resolve(resolveDir, path), kind),
    );
  },
};

async function resolvePackage(build: PluginBuild, args: OnResolveArgs): Promise<OnResolveResult | undefined> {
  const { path, importer, resolveDir, kind } = args;
  if (kind === 'entry-point' || args.pluginData === VISITED) return undefined;
  const found = await build.resolve(path, { importer, resolveDir, kind, pluginData: VISITED });
  if (found.errors.length > 0 || found.external)
    return { errors: found.errors, external: found.external, path: found.path };
  // What is no package is an alias of a path (tsconfig.json, package.json) and so a file of the definition's own.
  return isPackage(path, resolveDir) || found.path.includes('/node_modules/')
    ? outside(found.path, kind)
    : { path: found.path };
}

function outside(path: string, kind: OnResolveArgs['kind']): OnResolveResult {
  return { external: true, path: kind === 'require-call' ? path : pathToFileURL(path).href };
}

function isPackage(specifier: string, from: string): boolean {
  const name = /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'node_modules', name))) return true;
    if (dirname(folder) === folder) return false;
  }
}

// --- import.meta

/** What `import.meta` says of a file, by property: in a bundle it would speak of the bundle. */
const FILE_SCOPE: Readonly<Record<string, (path: string) => string>> = {
  url: (path) => pathToFileURL(path).href,
  filename: (path) => path,
  dirname: (path) => dirname(path),
};

const nameInScope = (key: string): string => `__file_${key}`;

const LOADERS: Readonly<Record<string, Loader>> = {
  '.ts': 'ts',
  '.mts': 'ts',
  '.js': 'js',
  '.mjs': 'js',
  '.tsx': 'tsx',
  '.jsx': 'jsx',
};

/** Gives each file that asks for it the `import.meta` of its own place. */
const fileScope: Plugin = {
  name: 'file-scope',
  setup(build) {
    build.onLoad({ filter: /\.(m?[jt]s|[jt]sx)$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const loader = LOADERS[extname(path)];
      if (loader === undefined || !text.includes('import.meta')) return undefined;
      const scope = Object.entries(FILE_SCOPE).map(
        ([key, of]) => `const ${nameInScope(key)} = ${JSON.stringify(of(path))};`,
      );
      // On the first line, so that line numbers stay; behind a "#!", which is that line's whole content.
      const start = text.startsWith('#!') ? text.indexOf('\n') + 1 : 0;
      return { loader, contents: `${text.slice(0, start)}${scope.join('')}${text.slice(start)}` };
    });
  },
};

// --- messages

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors);
}

/** `server.ts:3:14: Expected ";"`, and the line with a mark under the place. */
function formatMessage({ text, location }: Message, root: string): string {
  if (location === null) return text;
  const [, name] = /^Could not resolve "((?:@[^/"]+\/)?[^./"][^/"]*)[^"]*"$/.exec(text) ?? [];
  const hint = name === undefined ? '' : `: is it installed beside this file? npm install ${name}`;
  const { file, line, column, lineText } = location;
  const margin = `  ${line} | `;
  return `${resolve(root, file)}:${line}:${column + 1}: ${text}${hint}\n${margin}${lineText}\n${' '.repeat(margin.length + column)}^`;
}

function filesIn(messages: readonly Message[], root: string): string[] {
  return messages.flatMap(({ location }) => (location === null ? [] : [resolve(root, location.file)]));
}

import { access, constants, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Server } from '@switchyard/server';
import { Failure } from '../failure.ts';
import { fileFailure } from '../file-failure.ts';
import { type Bundle, bundle } from './bundle.ts';
import { type DefinitionContext, toServer } from './definition.ts';
import { toLoadFailure } from './load-failure.ts';

/** A definition that is ready to be served. */
export interface Loaded {
  readonly server: Server;
  /** Files whose change makes another definition. */
  readonly files: readonly string[];
  /** The same for the same source. */
  readonly source: string;
  /** Tells the definition that it is no longer in use. */
  dispose(): void;
}

/** How definitions are loaded. */
export interface LoadOptions extends Omit<DefinitionContext, 'signal'> {
  /** Whether the file may change and be loaded again. What never changes and is JavaScript is left to Node. */
  readonly watch: boolean;
}

/** Throws `Failure` for a path that holds no definition: no such file, or of a kind that cannot be run. */
export async function checkFile(file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (found?.isDirectory() === true)
    throw new Failure(`${file} is a folder: name the file in it that exports the server.`);
  if (found?.isFile() !== true) throw new Failure(`There is no file ${file}.`);
  await access(file, constants.R_OK).catch((error: unknown) => {
    throw fileFailure(error, file, 'read');
  });
  if (!EXTENSIONS.has(extname(file)))
    throw new Failure(`${file} must end in one of ${[...EXTENSIONS].join(', ')}.`);
}

/**
 * Makes the function that loads the definition in a file and compiles it, afresh at every call. It rejects with
 * `LoadFailure` where the source is wrong, what it imports is missing, or it throws.
 */
export function createLoader(file: string, options: LoadOptions): () => Promise<Loaded> {
  if (!options.watch && ['.js', '.mjs'].includes(extname(file))) {
    return () =>
      start({ code: '', files: [file] }, () => import(pathToFileURL(file).href), { file, options });
  }
  let building: Promise<unknown> = Promise.resolve();
  return async () => {
    const build = building.then(() => bundle(file));
    building = build.catch(() => undefined);
    const built = await build;
    return start(built, () => run(built.code), { file, options });
  };
}

// ---

async function start(
  { code, files }: Bundle,
  evaluate: () => Promise<unknown>,
  { file, options }: { readonly file: string; readonly options: LoadOptions },
): Promise<Loaded> {
  const controller = new AbortController();
  const { keys, transport, env } = options;
  try {
    const server = await toServer(await evaluate(), { keys, transport, env, signal: controller.signal });
    await server.ready();
    return { server, files, source: code, dispose: () => controller.abort() };
  } catch (error) {
    controller.abort();
    throw toLoadFailure(error, file, files);
  }
}

const EXTENSIONS: ReadonlySet<string> = new Set(['.ts', '.mts', '.js', '.mjs']);

/** Runs a module from its text. It has to be a file for a moment: no other address lets a module import from packages. */
async function run(code: string): Promise<unknown> {
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-definition-'));
  try {
    const path = join(folder, 'definition.mjs');
    await writeFile(path, code);
    // Node reads the map that ends the text, so that stacks tell the places in the sources.
    process.setSourceMapsEnabled(true);
    return await import(pathToFileURL(path).href);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { CacheEntry, CacheStore } from '../cache/store.ts';
import { systemEnvironment } from '../environment.ts';
import type { OnceStore } from '../input/once.ts';

/** Where files are kept, and how many. */
export interface FileStoreOptions {
  /** The folder; it is made where it is not there, for its owner alone. */
  readonly folder: string;
  /** The most entries. @default 1000 */
  readonly maxEntries?: number;
}

/** Keeps results in files, one each, that several processes may share. They hold what the server said: the folder is its owner's alone. */
export function fileStore({ folder, maxEntries = 1000 }: FileStoreOptions): CacheStore {
  const files = path.resolve(folder);
  return {
    get: (key) => read(path.join(files, nameOf(key)), key),
    async set(key, entry) {
      await mkdir(files, { recursive: true, mode: 0o700 });
      await replace(path.join(files, nameOf(key)), JSON.stringify({ key, ...entry }));
      await bound(files, maxEntries);
    },
    async drop(prefix) {
      const names = await namesIn(files);
      await sweep(files, names);
      for (const name of names.filter(isEntry)) {
        const file = path.join(files, name);
        const key = keyIn(await readText(file));
        if (key === undefined || key.startsWith(prefix)) await rm(file, { force: true });
      }
    },
  };
}

/** Remembers what was used as empty files, that several processes may share. */
export function fileOnce({ folder }: Pick<FileStoreOptions, 'folder'>): OnceStore {
  const fileOf = (id: string): string => path.join(path.resolve(folder), `${digest(id)}.taken`);
  return {
    async take(id) {
      await mkdir(path.resolve(folder), { recursive: true, mode: 0o700 });
      try {
        // The flag fails where the file is there: one of several wins.
        await (await open(fileOf(id), 'wx', 0o600)).close();
        return true;
      } catch (error) {
        if (isCode(error, 'EEXIST')) return false;
        throw error;
      }
    },
    giveBack: (id) => rm(fileOf(id), { force: true }),
  };
}

const SUFFIX = '.entry.json';
/** A draft this old is nobody's any more: who wrote it has gone. */
const DRAFT_MS = 60_000;

function nameOf(key: string): string {
  return digest(key) + SUFFIX;
}

function isEntry(name: string): boolean {
  return name.endsWith(SUFFIX);
}

function isDraft(name: string): boolean {
  return name.includes(`${SUFFIX}.`);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

async function read(file: string, key: string): Promise<CacheEntry | undefined> {
  const text = await readText(file);
  const value: unknown = text === undefined ? undefined : parse(text);
  if (!isObject(value) || value['key'] !== key) return undefined;
  const { result, receivedAt, ttlMs, keepMs } = value;
  const isSound =
    isObject(result) &&
    typeof receivedAt === 'number' &&
    typeof ttlMs === 'number' &&
    typeof keepMs === 'number';
  if (!isSound) return undefined;
  return { result: { resultType: 'complete', ...result }, receivedAt, ttlMs, keepMs };
}

/** Written beside and moved over, so that nobody reads half of it. */
async function replace(file: string, text: string): Promise<void> {
  const draft = `${file}.${systemEnvironment.uniqueId()}`;
  try {
    await writeFile(draft, text, { mode: 0o600 });
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

async function bound(folder: string, maxEntries: number): Promise<void> {
  const names = await namesIn(folder);
  await sweep(folder, names);
  const entries = names.filter(isEntry);
  if (entries.length <= maxEntries) return;
  const aged = await withAges(folder, entries);
  const oldest = aged.sort((a, b) => a.at - b.at).slice(0, entries.length - maxEntries);
  await Promise.all(oldest.map(({ name }) => rm(path.join(folder, name), { force: true })));
}

/** Removes what processes that have gone left half written. */
async function sweep(folder: string, names: readonly string[]): Promise<void> {
  const drafts = await withAges(folder, names.filter(isDraft));
  const left = drafts.filter(({ at }) => systemEnvironment.now() - at > DRAFT_MS);
  await Promise.all(left.map(({ name }) => rm(path.join(folder, name), { force: true })));
}

async function withAges(
  folder: string,
  names: readonly string[],
): Promise<{ readonly name: string; readonly at: number }[]> {
  return Promise.all(
    names.map(async (name) => ({
      name,
      at: (await stat(path.join(folder, name)).catch(() => undefined))?.mtimeMs ?? 0,
    })),
  );
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return [];
    throw error;
  }
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function keyIn(text: string | undefined): string | undefined {
  const value: unknown = text === undefined ? undefined : parse(text);
  return isObject(value) && typeof value['key'] === 'string' ? value['key'] : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

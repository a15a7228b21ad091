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
      for (const name of await entriesIn(files)) {
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

function nameOf(key: string): string {
  return digest(key) + SUFFIX;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

async function read(file: string, key: string): Promise<CacheEntry | undefined> {
  const text = await readText(file);
  const value: unknown = text === undefined ? undefined : parse(text);
  if (!isObject(value) || value['key'] !== key) return undefined;
  const { result, receivedAt, ttlMs, keepMs } = value;
  const isEntry =
    isObject(result) &&
    typeof receivedAt === 'number' &&
    typeof ttlMs === 'number' &&
    typeof keepMs === 'number';
  if (!isEntry) return undefined;
  return { result: { resultType: 'complete', ...result }, receivedAt, ttlMs, keepMs };
}

/** Written beside and moved over, so that nobody reads half of it. */
async function replace(file: string, text: string): Promise<void> {
  const draft = `${file}.${systemEnvironment.uniqueId()}`;
  await writeFile(draft, text, { mode: 0o600 });
  await rename(draft, file);
}

async function bound(folder: string, maxEntries: number): Promise<void> {
  const names = await entriesIn(folder);
  if (names.length <= maxEntries) return;
  const aged = await Promise.all(
    names.map(async (name) => ({
      name,
      at: (await stat(path.join(folder, name)).catch(() => undefined))?.mtimeMs ?? 0,
    })),
  );
  const oldest = aged.sort((a, b) => a.at - b.at).slice(0, names.length - maxEntries);
  await Promise.all(oldest.map(({ name }) => rm(path.join(folder, name), { force: true })));
}

async function entriesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith(SUFFIX));
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

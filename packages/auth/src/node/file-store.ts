import { createHash, randomUUID } from 'node:crypto';
import { chmod, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { type CredentialStore, memoryCredentialStore } from '../client/store.ts';

/** How credentials are kept in a file. */
export interface FileCredentialStoreOptions {
  /** The file. Its folder is made, for nobody but its owner, where it does not exist. */
  readonly path: string;
  /** After how many milliseconds the lock of a process that is gone is broken. @default 30_000 */
  readonly staleLockMs?: number;
  /** How long to wait for the lock, in milliseconds: longer than a sign-in in another process takes. @default 330_000 */
  readonly lockTimeoutMs?: number;
}

/**
 * Keeps credentials in a JSON file that only its owner may read and write. Writes replace the whole file, so that a crash leaves
 * the old or the new one; processes that share the file take turns. Rejects when the file is not a regular file of ours, or may be
 * read by others.
 */
export function fileCredentialStore(options: FileCredentialStoreOptions): CredentialStore {
  const file = path.resolve(options.path);
  const { exclusive: inTurn } = memoryCredentialStore();
  const change = (apply: (values: Map<string, string>) => void): Promise<void> =>
    inTurn('file', () =>
      locked(`${file}.lock`, options, async () => {
        const values = await readValues(file);
        apply(values);
        await replace(file, values);
      }),
    );
  return {
    read: async (key) => (await readValues(file)).get(key),
    write: (key, value) => change((values) => values.set(key, value)),
    remove: (key) => change((values) => values.delete(key)),
    exclusive: (key, work) =>
      inTurn(`key ${key}`, () => locked(`${file}.${nameOf(key)}.lock`, options, work)),
  };
}

// ---

const OWNER_ONLY = 0o600;
const FOLDER_OF_OWNER = 0o700;
const MAX_BYTES = 4_194_304;
const POLL_MS = 20;

async function readValues(file: string): Promise<Map<string, string>> {
  const info = await stat(file).catch(unlessMissing);
  if (info === undefined) return new Map();
  if (!info.isFile() || info.size > MAX_BYTES) throw new Error(`${file} is not a file of credentials.`);
  // Windows has no such bits.
  if (process.platform !== 'win32' && (info.mode & 0o077) !== 0)
    throw new Error(`${file} may be read by others: allow it to its owner only (chmod 600).`);
  const value = parse(await readFile(file, 'utf8'));
  if (typeof value !== 'object' || value === null) throw new Error(`${file} is not a file of credentials.`);
  return new Map(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/** `undefined` for what is no JSON: the error of the parser would repeat a part of it, and it is secret. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unlessMissing(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
  throw error;
}

async function replace(file: string, values: ReadonlyMap<string, string>): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: FOLDER_OF_OWNER });
  const draft = `${file}.${randomUUID()}`;
  const handle = await open(draft, 'wx', OWNER_ONLY);
  try {
    await handle.writeFile(JSON.stringify(Object.fromEntries(values)));
    await handle.sync();
    await handle.close();
    // Whatever mask the process has.
    await chmod(draft, OWNER_ONLY);
    await rename(draft, file);
  } catch (error) {
    await handle.close().catch(() => undefined);
    await rm(draft, { force: true });
    throw error;
  }
}

/** A name for a file that depends on all of a key and tells none of it: the address in it may hold a secret. */
function nameOf(key: string): string {
  return createHash('sha256').update(key).digest('base64url');
}

/** Holds a lock, which is a file with its holder's name in it, while work is under way. */
async function locked<T>(
  lock: string,
  { staleLockMs = 30_000, lockTimeoutMs = 330_000 }: FileCredentialStoreOptions,
  work: () => Promise<T>,
): Promise<T> {
  await mkdir(path.dirname(lock), { recursive: true, mode: FOLDER_OF_OWNER });
  const holder = randomUUID();
  const deadline = Date.now() + lockTimeoutMs;
  while (!(await take(lock, holder, staleLockMs))) {
    if (Date.now() >= deadline) throw new Error(`${lock} is held by another process.`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  // Work may take as long as a user does: the lock is kept fresh meanwhile.
  const refresh = setInterval(() => void touch(lock).catch(() => undefined), staleLockMs / 3);
  refresh.unref();
  try {
    return await work();
  } finally {
    clearInterval(refresh);
    await release(lock, holder);
  }
}

async function take(lock: string, holder: string, staleLockMs: number): Promise<boolean> {
  const handle = await open(lock, 'wx', OWNER_ONLY).catch(unlessThere);
  if (handle === undefined) {
    await breakIfStale(lock, staleLockMs);
    return false;
  }
  await handle.writeFile(holder);
  await handle.close();
  return true;
}

/**
 * Under a lock of its own, and looks again: several may find the same lock stale, and whoever came late would break the one
 * that the first of them has taken since.
 */
async function breakIfStale(lock: string, staleLockMs: number): Promise<void> {
  if (!(await isStale(lock, staleLockMs))) return;
  const breaker = `${lock}.break`;
  const handle = await open(breaker, 'wx', OWNER_ONLY).catch(unlessThere);
  if (handle === undefined) {
    if (await isStale(breaker, staleLockMs)) await rm(breaker, { force: true });
    return;
  }
  try {
    await handle.close();
    if (await isStale(lock, staleLockMs)) await rm(lock, { force: true });
  } finally {
    await rm(breaker, { force: true });
  }
}

async function isStale(file: string, staleMs: number): Promise<boolean> {
  const info = await stat(file).catch(unlessMissing);
  return info !== undefined && Date.now() - info.mtimeMs >= staleMs;
}

function unlessThere(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return undefined;
  throw error;
}

async function touch(lock: string): Promise<void> {
  const handle = await open(lock, 'r+');
  const now = new Date();
  await handle.utimes(now, now);
  await handle.close();
}

async function release(lock: string, holder: string): Promise<void> {
  const held = await readFile(lock, 'utf8').catch(unlessMissing);
  if (held === holder) await rm(lock, { force: true });
}

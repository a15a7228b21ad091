import { mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { CacheEntry, CacheStore } from '../cache/store.ts';
import { cacheStoreContract, onceStoreContract } from '../contract.ts';
import { fileOnce, fileStore } from './file-store.ts';

const folders: string[] = [];
const newFolder = async (): Promise<string> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'switchyard-files-'));
  folders.push(folder);
  return path.join(folder, 'inner');
};

afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true });
});

const ENTRY: CacheEntry = { result: { resultType: 'complete' }, receivedAt: 0, ttlMs: 1, keepMs: 1 };

describe('the file store', () => {
  for (const { name, run } of cacheStoreContract(async () => fileStore({ folder: await newFolder() })))
    it(name, run);

  it('is its owner’s alone, shared among processes, and bounded', async () => {
    const folder = await newFolder();
    const store = fileStore({ folder, maxEntries: 2 });
    for (const key of ['a', 'b', 'c']) await store.set(key, ENTRY);
    const names = await readdir(folder);
    expect(names).toHaveLength(2);
    expect((await stat(folder)).mode & 0o077).toBe(0);
    expect((await stat(path.join(folder, names[0] ?? ''))).mode & 0o077).toBe(0);
    expect(await fileStore({ folder }).get('c')).toMatchObject({ ttlMs: 1 });
  });

  it('takes nothing from a file that is not what it wrote', async () => {
    const folder = await newFolder();
    const store = fileStore({ folder });
    await store.set('a', ENTRY);
    const [name = ''] = await readdir(folder);
    for (const text of ['', '{', '[]', '{"key":"b"}', '{"key":"a","result":4}']) {
      await writeFile(path.join(folder, name), text);
      expect(await store.get('a')).toBeUndefined();
    }
  });

  it('leaves no draft behind where it cannot write', async () => {
    const folder = await newFolder();
    const store = fileStore({ folder });
    await store.set('a', ENTRY);
    const [name = ''] = await readdir(folder);
    await rm(path.join(folder, name));
    await mkdir(path.join(folder, name));
    await expect(store.set('a', ENTRY)).rejects.toThrow();
    expect(await readdir(folder)).toEqual([name]);
  });

  it.each([
    ['set', (store: CacheStore) => store.set('b', ENTRY)],
    ['drop', (store: CacheStore) => store.drop('b')],
  ] as const)('removes with each %s the drafts of those who have gone, and no others', async (_, act) => {
    const folder = await newFolder();
    const store = fileStore({ folder });
    await store.set('a', ENTRY);
    const [name = ''] = await readdir(folder);
    const [old, fresh] = [`${name}.old`, `${name}.fresh`];
    const now = Date.now() / 1000;
    for (const [draft, age] of [
      [old, 120],
      [fresh, 10],
    ] as const) {
      await writeFile(path.join(folder, draft), 'half');
      await utimes(path.join(folder, draft), now - age, now - age);
    }
    await act(store);
    const names = await readdir(folder);
    expect(names).toContain(name);
    expect(names).toContain(fresh);
    expect(names).not.toContain(old);
  });
});

describe('the files of what was used', () => {
  for (const { name, run } of onceStoreContract(async () => fileOnce({ folder: await newFolder() })))
    it(name, run);
});

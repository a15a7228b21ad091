import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { memoryCredentialStore } from '../client/store.ts';
import { credentialStoreContract } from '../client-contract.ts';
import { fileCredentialStore } from './file-store.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'switchyard-auth-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the memory store', () => {
  const store = memoryCredentialStore();
  for (const { name, run } of credentialStoreContract(() => store)) it(name, run);
});

describe('the file store', () => {
  const options = { path: path.join(folder, 'deep', 'shared.json') };
  for (const { name, run } of credentialStoreContract(() => fileCredentialStore(options))) it(name, run);

  it('takes turns with other stores on the file', async () => {
    const stores = Array.from({ length: 4 }, () => fileCredentialStore(options));
    let running = 0;
    let most = 0;
    await Promise.all(
      stores.map((store) =>
        store.exclusive?.('k', async () => {
          running += 1;
          most = Math.max(most, running);
          await store.write('k', 'v');
          running -= 1;
        }),
      ),
    );
    expect(most).toBe(1);
  });

  it('is for its owner only, and leaves nothing else behind', async () => {
    const own = path.join(folder, 'own');
    const file = path.join(own, 'c.json');
    await fileCredentialStore({ path: file }).write('a', 'b');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(own).mode & 0o777).toBe(0o700);
    expect(readdirSync(own)).toEqual(['c.json']);
  });

  it('repeats nothing of a file that it cannot read', async () => {
    const file = path.join(folder, 'cut.json');
    writeFileSync(file, '{"token:a":"secret-token', { mode: 0o600 });
    const error: unknown = await fileCredentialStore({ path: file })
      .read('a')
      .catch((caught) => caught);
    expect(String(error)).toContain('is not a file of credentials');
    expect(String(error)).not.toContain('secret');
  });

  it('does not read a file that others may read', async () => {
    const file = path.join(folder, 'open.json');
    writeFileSync(file, '{}');
    chmodSync(file, 0o644);
    await expect(fileCredentialStore({ path: file }).read('a')).rejects.toThrow(/chmod 600/);
  });

  it('breaks the lock of a process that is gone, not that of one at work', async () => {
    const file = path.join(folder, 'locked.json');
    writeFileSync(`${file}.lock`, 'gone');
    const impatient = fileCredentialStore({ path: file, lockTimeoutMs: 1 });
    await expect(impatient.write('a', 'b')).rejects.toThrow(/held by another process/);
    utimesSync(`${file}.lock`, 0, 0);
    await fileCredentialStore({ path: file }).write('a', 'b');
    expect(await impatient.read('a')).toBe('b');
  });

  it('holds up no other key, however alike their endings, and names none in the folder', async () => {
    const own = path.join(folder, 'keys');
    const store = fileCredentialStore({ path: path.join(own, 'c.json'), lockTimeoutMs: 1 });
    const account = 'tenant-'.repeat(20);
    const names = await store.exclusive?.(`one ${account}`, async () =>
      store.exclusive?.(`two ${account}`, async () => readdirSync(own)),
    );
    expect(names).toHaveLength(2);
    const encoded = [0, 1, 2].map((shift) =>
      Buffer.from(account.slice(shift, 60)).toString('base64url').slice(0, -2),
    );
    expect((names ?? []).filter((name) => encoded.some((part) => name.includes(part)))).toEqual([]);
  });
});

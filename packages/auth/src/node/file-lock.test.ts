import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { fileCredentialStore } from './file-store.ts';

/** Holds back what the first look at a lock has seen, until it is let go; and counts the looks. */
const looks = vi.hoisted(() => ({ count: 0, letGo: () => {} }));

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  const stat = async (file: string) => {
    const seen = await real.stat(file);
    if (!file.endsWith('.lock')) return seen;
    looks.count += 1;
    if (looks.count === 1) await new Promise<void>((resolve) => Object.assign(looks, { letGo: resolve }));
    return seen;
  };
  return { ...real, stat };
});

it('a lock is not broken by whoever found its forerunner stale', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'switchyard-lock-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'c.json');
  const lock = `${file}.${createHash('sha256').update('k').digest('base64url')}.lock`;
  writeFileSync(lock, 'gone');
  utimesSync(lock, new Date(0), new Date(0));

  const inside: string[] = [];
  let leave = () => {};
  const slow = fileCredentialStore({ path: file }).exclusive?.('k', async () => void inside.push('slow'));
  await vi.waitUntil(() => looks.count === 1);
  const quick = fileCredentialStore({ path: file }).exclusive?.('k', async () => {
    inside.push('quick');
    await new Promise<void>((resolve) => {
      leave = resolve;
    });
  });
  await vi.waitUntil(() => inside.length === 1);
  const before = looks.count;
  looks.letGo();
  await vi.waitUntil(() => looks.count > before + 2 || inside.length > 1);
  expect(inside).toEqual(['quick']);
  leave();
  await Promise.all([slow, quick]);
  expect(inside).toEqual(['quick', 'slow']);
});

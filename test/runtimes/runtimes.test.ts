import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { installPeers, newerNode, peerBinary, root } from '../support/peers.ts';
import { runInWorkerd } from './workerd.ts';

// The built packages run here, as a user has them: `npm test` builds before it tests.
const main = path.join(root, 'test/runtimes/main.mjs');

beforeAll(() => installPeers(), 300_000);

/** Every case by name, with what went wrong where something did. */
function run(binary: string, args: readonly string[]): unknown {
  const printed = execFileSync(binary, [...args, main], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return JSON.parse(printed);
}

function expectAllOk(outcomes: unknown): void {
  expect(Object.keys(outcomes as object).length).toBeGreaterThan(9);
  expect(outcomes).toEqual(Object.fromEntries(Object.keys(outcomes as object).map((name) => [name, 'ok'])));
}

describe('the same cases on every runtime', () => {
  test('on this Node', () => expectAllOk(run(process.execPath, [])));

  test('on a newer Node', ({ skip }) => {
    const binary = newerNode();
    if (binary === undefined) return skip('there is no package with a newer Node for this platform');
    expectAllOk(run(binary, []));
  });

  test('on Bun', ({ skip }) => {
    const binary = peerBinary(['@oven/bun-linux-x64/bin/bun', '@oven/bun-linux-aarch64/bin/bun']);
    if (binary === undefined) return skip('there is no package with Bun for this platform');
    expectAllOk(run(binary, []));
  });

  test('on Deno', ({ skip }) => {
    const binary = peerBinary(['@deno/linux-x64-glibc/deno', '@deno/linux-arm64-glibc/deno']);
    if (binary === undefined) return skip('there is no package with Deno for this platform');
    expectAllOk(run(binary, ['run', '--allow-all', '--node-modules-dir=manual']));
  });

  test('on workerd, where no code may be made from text', { timeout: 30_000 }, async ({ skip }) => {
    const binary = peerBinary([
      '@cloudflare/workerd-linux-64/bin/workerd',
      '@cloudflare/workerd-linux-arm64/bin/workerd',
    ]);
    if (binary === undefined) return skip('there is no package with workerd for this platform');
    expectAllOk(await runInWorkerd(binary, 'test/runtimes/worker.mjs'));
  });
});

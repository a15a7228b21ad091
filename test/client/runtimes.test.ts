import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { runInWorkerd } from '../runtimes/workerd.ts';
import { installPeers, newerNode, peerBinary, root } from '../support/peers.ts';

// The built packages run here, as a user has them: `npm test` builds before it tests.
const main = path.join(root, 'test/client/runtimes-main.mjs');

beforeAll(() => installPeers(), 300_000);

const RUNTIMES: readonly (readonly [string, () => string | undefined, readonly string[]])[] = [
  ['this Node', () => process.execPath, []],
  ['a newer Node', newerNode, []],
  ['Bun', () => peerBinary(['@oven/bun-linux-x64/bin/bun', '@oven/bun-linux-aarch64/bin/bun']), []],
  [
    'Deno',
    () => peerBinary(['@deno/linux-x64-glibc/deno', '@deno/linux-arm64-glibc/deno']),
    ['run', '--allow-all', '--node-modules-dir=manual'],
  ],
];

it.for(RUNTIMES)('the client does the same on %s', { timeout: 60_000 }, ([, find, args], { skip }) => {
  const binary = find();
  if (binary === undefined) return skip('there is no package with it for this platform');
  const printed = execFileSync(binary, [...args, main], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  expect(JSON.parse(printed)).toEqual(EXPECTED);
});

it('the client does the same on workerd', { timeout: 60_000 }, async ({ skip }) => {
  const binary = peerBinary([
    '@cloudflare/workerd-linux-64/bin/workerd',
    '@cloudflare/workerd-linux-arm64/bin/workerd',
  ]);
  if (binary === undefined) return skip('there is no package with it for this platform');
  expect(await runInWorkerd(binary, 'test/client/runtimes-worker.mjs')).toEqual(EXPECTED);
});

const EXPECTED = {
  list: 3,
  add: 3,
  greet: 'Hello, Ann!',
  progress: [1, 2, 3],
  listen: 'open',
  event: 'toolsListChanged',
  again: 4,
  error: -32602,
  aborted: 'aborted',
};

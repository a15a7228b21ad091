import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const script = fileURLToPath(new URL('../../scripts/conformance-client.mjs', import.meta.url));
const TIMEOUT_MS = 240_000;

test('the client passes the conformance suite, extensions included', { timeout: TIMEOUT_MS }, async () => {
  const { code, lines } = await run();
  expect(lines.filter((line) => line.startsWith('✗'))).toEqual([]);
  expect(lines.filter((line) => line.startsWith('✓')).length).toBeGreaterThan(35);
  expect(lines.at(-1)).toMatch(/^[1-9]\d\d passed, 0 failed$/);
  expect(code).toBe(0);
});

test('a client that does nothing fails', { timeout: TIMEOUT_MS }, async () => {
  const { code, lines } = await run('--only', 'http-', '--command', `${process.execPath} -e 0`);
  expect(lines.filter((line) => line.startsWith('✗'))).toHaveLength(3);
  expect(lines.at(-1)).toMatch(/ [1-9]\d* failed$/);
  expect(code).toBe(1);
});

function run(...args: string[]): Promise<{ code: unknown; lines: string[] }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...args], (error, stdout) => {
      resolve({ code: error === null ? 0 : error.code, lines: stdout.trim().split('\n') });
    });
  });
}

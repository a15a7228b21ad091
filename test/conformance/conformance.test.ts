import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const script = fileURLToPath(new URL('../../scripts/conformance-server.mjs', import.meta.url));

/** The checks that the pinned version of the suite makes of a server with tasks. */
const CHECKS = 196;
const TIMEOUT_MS = 120_000;

test('the everything server passes the conformance suite', { timeout: TIMEOUT_MS }, async () => {
  const { code, lines } = await run();
  expect(lines.filter((line) => line.startsWith('✗'))).toEqual([]);
  expect(lines.at(-1)).toBe(`${CHECKS} passed, 0 failed`);
  expect(code).toBe(0);
});

test.each([
  ['the gateway', ['--gateway']],
  ['three gateways', ['--gateways', '3']],
  ['the path of a federation', ['--federated']],
  ['the path of a federation at three gateways', ['--federated', '--gateways', '3']],
  ['a gateway with every stage on', ['--governed']],
  ['three gateways with every stage on', ['--governed', '--gateways', '3']],
  ['a federation with every stage on', ['--governed', '--federated']],
  ['a federation at three gateways with every stage on', ['--governed', '--federated', '--gateways', '3']],
])('three instances behind %s pass the conformance suite', { timeout: TIMEOUT_MS }, async (_, args) => {
  const { code, lines } = await run(...args);
  expect(lines.filter((line) => line.startsWith('✗'))).toEqual([]);
  expect(lines.filter((line) => line.startsWith('Requests by instance:'))).toHaveLength(1);
  expect(lines.at(-1)).toBe(`${CHECKS} passed, 0 failed`);
  expect(code).toBe(0);
});

test('a server that does not conform fails', { timeout: TIMEOUT_MS }, async () => {
  const http = createServer((request, response) => {
    request.resume();
    response.setHeader('content-type', 'application/json').end('{"jsonrpc":"2.0","id":1,"result":{}}');
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  // A server that listens on TCP has an address of this kind.
  const { port } = http.address() as AddressInfo;
  const { code, lines } = await run('--url', `http://127.0.0.1:${port}/mcp`);
  http.close();
  expect(lines.at(-1)).toMatch(/^\d+ passed, [1-9]\d* failed$/);
  expect(code).toBe(1);
});

test('a server that cannot be reached fails', { timeout: TIMEOUT_MS }, async () => {
  const { code, lines } = await run('--url', 'http://127.0.0.1:1/mcp');
  expect(lines.at(-1)).toBe('0 passed, 1 failed');
  expect(code).toBe(1);
});

function run(...args: string[]): Promise<{ code: unknown; lines: string[] }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...args], (error, stdout) => {
      resolve({ code: error === null ? 0 : error.code, lines: stdout.trim().split('\n') });
    });
  });
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, expect, it, vi } from 'vitest';
import { headersOf, requestOf } from '../support/messages.ts';
import { freePort } from '../support/ports.ts';

/**
 * An object literal that begins with a spread and goes on with more members gets a new hidden class each time, in V8 11 at
 * least: it costs a microsecond, and what is made on the way of each request fills the old generation, for which callers
 * wait in long collections. V8 writes down each class it makes, with the place in the code.
 */
const folder = mkdtempSync(path.join(tmpdir(), 'switchyard-shapes-'));
const log = path.join(folder, 'v8.log');
const LOGGED = ['--log-maps', '--no-log-maps-details', '--no-logfile-per-isolate', `--logfile=${log}`];
const REQUESTS = 400;
const UNCOUNTED = 50;

const running: ChildProcess[] = [];
afterEach(async () => {
  for (const child of running.splice(0)) await stopped(child);
});
afterAll(() => rmSync(folder, { recursive: true }));

it.each([
  ['our server', 'switchyard.mjs', { FRONT: 'node' }],
  ['a gateway with every stage', 'switchyard-gateway.mjs', { STAGES: 'identify,admit,authorise,record' }],
  ['a federation', 'switchyard-gateway.mjs', { STAGES: 'federation' }],
  ['a gateway with a cache', 'switchyard-gateway.mjs', { STAGES: 'cache' }],
])('%s makes no hidden class for each request', async (_what, file, env) => {
  const upstream = await start('floor.mjs', { MODE: 'canned', CACHEABLE: '1' });
  const { url, child } = await start(file, { ...env, UPSTREAMS: upstream.url }, LOGGED);
  let before = 0;
  for (let id = 1; id <= REQUESTS; id++) {
    // Loading and compiling make classes too.
    if (id === UNCOUNTED) before = statSync(log).size;
    expect(await ask(url, 'tools/call', { name: 'add', arguments: { a: id, b: 2 } })).toBe(200);
    expect(await ask(url, 'tools/list')).toBe(200);
  }
  await stopped(child);
  expect(madeOften(readFileSync(log).toString('latin1', before))).toEqual([]);
});

// ---

/** Where at least half as many classes were made that no transition leads to as there were requests. */
function madeOften(text: string): readonly string[] {
  const counts = new Map<string, number>();
  // map,Transition,<time>,<from>,<to>,<code>,<line>,<column>,prototype,<member>
  for (const [, at = ''] of text.matchAll(
    /^map,Transition,\d+,\w+,\w+,(\w+,\d+,\d+,prototype,(?!symbol).*)$/gm,
  ))
    counts.set(at, (counts.get(at) ?? 0) + 1);
  return [...counts].filter(([, count]) => count >= REQUESTS / 2).map(([at, count]) => `${at}: ${count}`);
}

async function start(file: string, env: Record<string, string>, flags: readonly string[] = []) {
  const port = await freePort();
  const script = fileURLToPath(new URL(`../../bench/servers/${file}`, import.meta.url));
  const child = spawn(process.execPath, [...flags, script], {
    env: { ...process.env, TOOLS: '1', PORT: String(port), ...env },
    stdio: 'ignore',
  });
  running.push(child);
  const url = `http://127.0.0.1:${port}/mcp`;
  await vi.waitFor(async () => expect(await ask(url, 'tools/list')).toBe(200), { timeout: 15_000 });
  return { url, child };
}

async function ask(url: string, method: string, params = {}): Promise<number> {
  const message = requestOf(method, params);
  const key = { authorization: 'Bearer switchyard-bench-key-that-opens-nothing-else' };
  const headers = { ...headersOf(message), ...key } as Record<string, string>;
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(message) });
  await response.arrayBuffer();
  return response.status;
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGINT');
  await exited;
}

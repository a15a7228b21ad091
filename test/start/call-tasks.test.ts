import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cleanUp, run, start } from './support/command.ts';

type Json = Readonly<Record<string, unknown>>;

/** What the server says of its task, and what it has been asked. */
let state: Json = {};
let asked: { readonly method: string; readonly params: Json; readonly name: string | undefined }[] = [];
const http = createServer((request, response) => {
  let text = '';
  request.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  request.on('end', () => {
    const { id, method, params } = JSON.parse(text);
    const name = request.headers['mcp-name'];
    asked.push({ method, params, name: typeof name === 'string' ? name : undefined });
    const result = { resultType: 'complete', ...answer(method) };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ jsonrpc: '2.0', id, result }));
  });
});
let url = '';
const times = { createdAt: '2026-07-28T00:00:00Z', lastUpdatedAt: '2026-07-28T00:00:00Z' };
const task = () => ({ taskId: 'task-1', ...times, ttlMs: null, pollIntervalMs: 100, ...state });
const DONE = { status: 'completed', result: { content: [{ type: 'text', text: 'imported' }] } };

function answer(method: string): Json {
  if (method === 'tools/list')
    return { tools: [{ name: 'import', inputSchema: { type: 'object' } }], ttlMs: 0, cacheScope: 'private' };
  if (method === 'tools/call') return { resultType: 'task', ...task(), result: undefined };
  if (method === 'tasks/cancel') state = { status: 'cancelled' };
  return method === 'tasks/get' ? task() : {};
}

beforeAll(async () => {
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  // A server that listens on TCP has an address of this kind.
  url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`;
});
beforeEach(() => {
  asked = [];
  state = { status: 'working' };
});
afterEach(cleanUp);
afterAll(async () => {
  http.closeAllConnections();
  await new Promise((resolve) => http.close(resolve));
});

describe('a call that becomes a task', () => {
  it('is followed to its end, and shows its states', async () => {
    state = { status: 'working', statusMessage: 'row 1\u001b[2J' };
    const running = start(['call', url, 'import', 'file=a.csv']);
    await running.says(/working {2}row 1/);
    state = DONE;
    expect(await running.ended).toBe(0);
    expect([running.out(), running.err().includes('\u001b')]).toEqual(['imported\n', false]);
    expect(asked.find(({ method }) => method === 'tools/call')?.params['_meta']).toMatchObject({
      'io.modelcontextprotocol/clientCapabilities': { extensions: { 'io.modelcontextprotocol/tasks': {} } },
    });
    expect(asked.filter(({ method }) => method === 'tasks/get').every(({ name }) => name === 'task-1')).toBe(
      true,
    );
  });

  it('is cancelled by Ctrl-C', async () => {
    const running = start(['call', url, 'import']);
    await running.says(/working/);
    running.signal('SIGINT');
    expect(await running.ended).toBe(1);
    expect(running.err()).toContain('The task was cancelled.');
    expect(asked.filter(({ method }) => method === 'tasks/cancel')).toHaveLength(1);
  });

  it('is left to itself with --detach, and followed later with --resume', async () => {
    const left = await run(['call', url, 'import', '--detach']);
    expect(left).toMatchObject({ code: 0, err: '' });
    expect(left.out).toMatch(/^[A-Za-z0-9_-]+\n$/);
    expect(asked.map(({ method }) => method)).toEqual(['tools/list', 'tools/call']);
    state = DONE;
    const later = await run(['call', url, '--resume', left.out.trim(), '--json']);
    expect([later.code, JSON.parse(later.out)]).toEqual([0, { resultType: 'complete', ...DONE.result }]);
    expect(asked.filter(({ method }) => method === 'tools/call')).toHaveLength(1);
  });

  it('says what has failed, and how to go on where something may yet be done', async () => {
    state = { status: 'failed', error: { code: -32050, message: 'no such file' } };
    const failed = await run(['call', url, 'import']);
    expect([failed.code, failed.err]).toEqual([1, expect.stringContaining('no such file (-32050)')]);
    const data = { requiredCapabilities: { elicitation: { form: {} } } };
    state = { status: 'failed', error: { code: -32021, message: 'needs a capability', data } };
    const unasked = await run(['call', url, 'import']);
    expect([unasked.code, unasked.err]).toEqual([2, expect.stringContaining('no terminal to ask it on')]);
    const params = { mode: 'form', message: 'Sure?', requestedSchema: { type: 'object', properties: {} } };
    state = { status: 'input_required', inputRequests: { q: { method: 'elicitation/create', params } } };
    const asks = await run(['call', url, 'import']);
    expect([asks.code, asks.err]).toEqual([2, expect.stringMatching(/--resume [A-Za-z0-9_-]+/)]);
    expect(asked.filter(({ method }) => method === 'tasks/update')).toEqual([]);
  });

  it.each([
    [['--resume', 'nonsense'], 'no reference to a task'],
    [['import', '--resume', 'x'], 'no tool is called'],
    [[], 'Which tool?'],
  ])('needs a tool or a reference: %j', async (args, message) => {
    const { code, err } = await run(['call', url, ...args]);
    expect([code, err]).toEqual([1, expect.stringContaining(message)]);
    expect(err).not.toMatch(/\n\s+at /);
  });

  it('of another server is not asked for here', async () => {
    const { out } = await run(['call', url, 'import', '--detach']);
    const { code, err } = await run(['call', url.replace('127.0.0.1', 'localhost'), '--resume', out.trim()]);
    expect([code, err]).toEqual([1, expect.stringContaining('is not asked for at')]);
  });
});

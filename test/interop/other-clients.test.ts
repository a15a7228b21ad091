import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Gateway } from '@switchyard/gateway';
import type { Listening } from '@switchyard/server/node';
import { serve } from '@switchyard/server/node';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { installPeers, newerNode, peerFile, root } from '../support/peers.ts';
import { federationOf, gatewayTo, subject } from './subject.ts';

type Way = 'nothing' | 'the gateway';
const WAYS: readonly Way[] = ['nothing', 'the gateway'];
const run = promisify(execFile);
let listening: Listening;
let gateway: Gateway;
let urls: Readonly<Record<Way, string>>;
let home: string;

beforeAll(async () => {
  installPeers();
  listening = await serve(subject(), { port: 0 });
  gateway = gatewayTo(listening.url);
  urls = { nothing: listening.url, 'the gateway': `${(await gateway.listen()).url}/mcp` };
  home = await mkdtemp(path.join(tmpdir(), 'switchyard-home-'));
}, 300_000);

afterAll(async () => {
  await gateway.close({ timeoutMs: 100 });
  await listening.close({ timeoutMs: 100 });
  await rm(home, { recursive: true, force: true });
});

describe.each(WAYS)('the MCP Inspector on the command line, through %s', (way) => {
  async function inspect(node: string, ...args: string[]): Promise<unknown> {
    const inspector = peerFile('@modelcontextprotocol/inspector/clients/launcher/build/index.js');
    const fixed = [
      '--cli',
      urls[way],
      '--transport',
      'http',
      '--protocol-era',
      'modern',
      '--format',
      'json',
      '-q',
    ];
    const { stdout } = await run(node, [inspector, ...fixed, ...args], {
      env: { ...process.env, HOME: home },
    });
    return JSON.parse(stdout);
  }

  test('lists, calls and reads', { timeout: 60_000 }, async ({ skip }) => {
    const node = newerNode();
    if (node === undefined)
      return skip('the Inspector needs Node 22, for which there is no package on this platform');
    expect(JSON.stringify(await inspect(node, '--method', 'tools/list'))).toContain('"regional"');
    const called = await inspect(
      node,
      '--method',
      'tools/call',
      '--tool-name',
      'add',
      '--tool-arg',
      'a=2',
      'b=3',
    );
    expect(JSON.stringify(called)).toContain('"sum":5');
    const read = await inspect(node, '--method', 'resources/read', '--uri', 'test://note');
    expect(JSON.stringify(read)).toContain('a note');
  });
});

describe.each(WAYS)('@ai-sdk/mcp, through %s', (way) => {
  test('lists, calls, answers a round of input, reads', { timeout: 60_000 }, async ({ skip }) => {
    const node = newerNode();
    if (node === undefined)
      return skip('@ai-sdk/mcp needs Node 22, for which there is no package on this platform');
    const script = path.join(root, 'test/interop/ai-sdk.mjs');
    const { stdout } = await run(node, [script, peerFile('@ai-sdk/mcp/dist/index.js'), urls[way]]);
    expect(JSON.parse(stdout)).toEqual({
      tools: ['add', 'greet', 'count', 'regional', 'fail'],
      sum: { sum: 9 },
      greeting: 'Hello, Carol!',
      note: 'a note',
    });
  });
});

describe('@ai-sdk/mcp, through a federation', () => {
  test('lists, calls, answers a round of input, reads', { timeout: 60_000 }, async ({ skip }) => {
    const node = newerNode();
    if (node === undefined)
      return skip('@ai-sdk/mcp needs Node 22, for which there is no package on this platform');
    const federation = federationOf(listening.url, listening.url);
    onTestFinished(async () => void (await federation.close({ timeoutMs: 100 })));
    const url = `${(await federation.listen()).url}/mcp`;
    const script = path.join(root, 'test/interop/ai-sdk.mjs');
    const file = peerFile('@ai-sdk/mcp/dist/index.js');
    const { stdout } = await run(node, [script, file, url, 'other__', 'other+']);
    const own = ['add', 'greet', 'count', 'regional', 'fail'];
    const { tools, ...rest } = JSON.parse(stdout);
    expect([...tools].sort()).toEqual(
      [...own.map((name) => `one__${name}`), ...own.map((name) => `other__${name}`)].sort(),
    );
    expect(rest).toEqual({ sum: { sum: 9 }, greeting: 'Hello, Carol!', note: 'a note' });
  });
});

describe('curl', () => {
  test('calls a tool from one pasted line', async ({ skip }) => {
    const body = {
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: {
        name: 'add',
        arguments: { a: 1, b: 2 },
        _meta: {
          'io.modelcontextprotocol/protocolVersion': '2026-07-28',
          'io.modelcontextprotocol/clientCapabilities': {},
        },
      },
    };
    const headers = [
      'MCP-Protocol-Version: 2026-07-28',
      'MCP-METHOD: tools/call',
      'mcp-name:  add ',
      'Content-Type: application/json',
    ];
    const args = [
      '-sS',
      listening.url,
      ...headers.flatMap((header) => ['-H', header]),
      '-d',
      JSON.stringify(body),
    ];
    const answer = await run('curl', args).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (answer === undefined) return skip('curl is not installed');
    expect(JSON.parse(answer.stdout).result.structuredContent).toEqual({ sum: 3 });
  });
});

import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from '@switchyard/server/node';
import { afterEach, describe, expect, it } from 'vitest';
import { createEverything } from '../../../examples/everything/src/everything.ts';
import { installPeers, requirePeer } from '../../support/peers.ts';
import { cleanUp, run } from '../support/command.ts';
import { guarded } from './faults.ts';
import { faultyServer, json, SILENCE } from './faulty-server.ts';

const closing: (() => unknown)[] = [];

afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
  await cleanUp();
});

describe('doctor', () => {
  it('finds nothing wrong with the everything server', async () => {
    const { code, out } = await run(['doctor', await everything(), '--strict', ...ASKING]);
    expect(out.split('\n').filter((line) => /WRONG|advice/.test(line))).toEqual([]);
    expect(out).toMatch(/\n\d+ right, 0 wrong, 0 to do better, \d+ skipped\n$/);
    expect(code).toBe(0);
  });

  it('looks at parameter headers and structured content', async () => {
    const url = await everything();
    const { findings } = await examined(url, '--tool', 'test_x_mcp_header', '--args', '{"region":"west"}');
    expect(statuses(findings, 'parameters.')).toEqual(new Set(['right']));
    const second = await examined(url, '--tool', 'convert_temperature', '--args', '{"celsius":1}');
    expect(statuses(second.findings, 'calls.')).toEqual(new Set(['right']));
  });

  it('calls no tool unless it is told to', async () => {
    const called: string[] = [];
    const server = await everythingOf((method) => called.push(method));
    await run(['doctor', server]);
    expect(called.length).toBeGreaterThan(50);
    // The one that does not exist shows how unknown tools are answered.
    expect(
      called.filter((name) => name.startsWith('tools/call ') && !name.includes('no-such-thing')),
    ).toEqual([]);
  });

  it('examines the official server to the end', { timeout: 60_000 }, async () => {
    installPeers();
    const { code, verdict, findings } = await examined(await official());
    expect(verdict).toBe('modern');
    expect(findings.length).toBeGreaterThan(100);
    const wrong = findings.filter(({ status }) => status === 'wrong').map(({ id }) => id);
    expect(wrong).toEqual(['messages.not-utf8']);
    expect(code).toBe(1);
  });

  it('lets a server speak earlier revisions too', async () => {
    const server = await faultyServer(await everything());
    closing.push(server.close);
    server.fault = {
      instead({ verb, message: { method, id } }) {
        if (verb === 'GET') return { headers: { 'content-type': 'text/event-stream' }, messages: [] };
        const result = {
          protocolVersion: '2025-11-25',
          capabilities: {},
          serverInfo: { name: 'both', version: '1' },
        };
        return method === 'initialize' ? json({ jsonrpc: '2.0', id, result }) : undefined;
      },
    };
    const { code, findings } = await examined(server.url, '--strict');
    expect(findings.filter(({ status }) => status === 'wrong' || status === 'advice')).toEqual([]);
    expect(code).toBe(0);
  });

  it('says of every fault what it breaks, and how to mend it', async () => {
    const server = await faultyServer(await everything());
    closing.push(server.close);
    server.fault = { after: ({ headers }) => Object.assign(headers, { 'mcp-session-id': 'one' }) };
    const { code, out } = await run(['doctor', server.url, '--strict']);
    expect(code).toBe(1);
    expect(out).toContain('breaks  HTTP-049, SHOULD');
    expect(out).toMatch(/mend +Do not send Mcp-Session-Id/);
    expect(out).toContain(
      'https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http#',
    );
  });

  it('ends in time', async () => {
    const server = await faultyServer(await everything());
    closing.push(server.close);
    // From the first list on, nothing more is answered.
    server.fault = { instead: ({ message }) => (message.method?.endsWith('/list') ? SILENCE : undefined) };
    const { findings } = await examined(server.url, '--limit', '1');
    expect(findings.find(({ id }) => id === 'overall.sessions')).toMatchObject({
      status: 'skipped',
      detail: 'time was up',
    });
    expect(findings.find(({ id }) => id === 'discovery.answers')).toMatchObject({ status: 'right' });
  });

  it('looks at what a server publishes that wants a token', async () => {
    const server = await faultyServer('http://127.0.0.1:9/');
    closing.push(server.close);
    server.fault = guarded(new URL(server.url).origin);
    const { code, verdict, findings } = await examined(server.url);
    expect([code, verdict]).toEqual([0, 'guarded']);
    expect(statuses(findings, 'authorization.')).toEqual(new Set(['right']));
    expect(statuses(findings, 'issuer.')).toEqual(new Set(['right']));
    expect(statuses(findings, 'headers.')).toEqual(new Set(['skipped']));
  });
});

describe('what is no server of this revision gets one verdict', () => {
  it.each([
    ['one that begins with a handshake', legacy, 'legacy', 'speaks 2025-11-25', 1],
    ['one of 2024-11-05', eventSource, 'legacy', 'HTTP+SSE', 1],
    ['one of another revision', ofTomorrow, 'other-revision', 'speaks 2030-01-01', 1],
    ['a web site', webSite, 'not-mcp', 'no MCP server', 1],
    ['a gateway without anything behind it', unavailable, 'unavailable', 'HTTP 503', 2],
    ['a gateway whose server is down', down, 'unavailable', 'error 50303', 2],
  ] as const)('%s', async (_what, listener, verdict, text, code) => {
    const found = await examined(await listening(listener));
    expect(found).toMatchObject({ code, verdict, findings: [] });
    expect(found.text).toContain(text);
  });

  it('and so does silence', async () => {
    const url = await listening(() => undefined);
    const { code, err } = await run(['doctor', url, '--timeout', '1']);
    expect([code, err]).toEqual([
      2,
      expect.stringMatching(/Nothing more came from 127\.0\.0\.1:\d+ in time/),
    ]);
    await Promise.all(closing.splice(0).map((close) => close()));
    expect((await run(['doctor', url])).err).toContain('nothing listens there');
  });
});

// ---

const ASKING = ['--tool', 'test_input_required_result_tampered_state'];

interface Examined {
  readonly code: unknown;
  readonly verdict: string;
  readonly text: string;
  readonly findings: readonly { readonly id: string; readonly status: string; readonly detail?: string }[];
}

async function examined(url: string, ...args: string[]): Promise<Examined> {
  const { code, out } = await run(['doctor', url, '--json', ...args]);
  return { code, ...JSON.parse(out) };
}

function statuses(findings: Examined['findings'], area: string): ReadonlySet<string> {
  return new Set(findings.filter(({ id }) => id.startsWith(area)).map(({ status }) => status));
}

async function everything(): Promise<string> {
  return everythingOf(() => undefined);
}

async function everythingOf(onCall: (method: string) => void): Promise<string> {
  const listening = await serve(createEverything({ onWarning: () => undefined }), { port: 0 });
  listening.http.prependListener('request', ({ headers }) =>
    onCall(`${headers['mcp-method']} ${headers['mcp-name']}`),
  );
  closing.push(() => listening.close({ timeoutMs: 0 }));
  return listening.url;
}

async function listening(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`; // it listens on a port
}

interface OfficialServer {
  createMcpHandler(create: () => unknown): { fetch(request: Request): Promise<Response> };
  readonly McpServer: new (
    info: object,
  ) => {
    registerTool(name: string, definition: object, run: () => object): void;
    registerPrompt(name: string, definition: object, run: () => object): void;
  };
}

async function official(): Promise<string> {
  const { createMcpHandler, McpServer } = requirePeer('@modelcontextprotocol/server') as OfficialServer; // its own types are not installed here
  const handler = createMcpHandler(() => {
    const server = new McpServer({ name: 'official', version: '1.0.0' });
    server.registerTool('hello', { description: 'Greets.' }, () => ({
      content: [{ type: 'text', text: 'hello' }],
    }));
    server.registerPrompt('hi', { description: 'Greets.' }, () => ({ messages: [] }));
    return server;
  });
  return listening(async (incoming, outgoing) => {
    const { host, origin } = incoming.headers;
    // Its own guards are middleware for its adapters; this is what they come to.
    if (origin !== undefined || host?.startsWith('127.0.0.1') !== true)
      return void outgoing.writeHead(403).end();
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const headers = Object.entries(incoming.headers).map(([name, value]): [string, string] => [
      name,
      String(value),
    ]);
    const body = incoming.method === 'POST' ? Buffer.concat(chunks) : null;
    const response = await handler.fetch(
      new Request(`http://${host}/mcp`, { method: incoming.method ?? 'POST', headers, body }),
    );
    outgoing.writeHead(response.status, Object.fromEntries(response.headers));
    outgoing.flushHeaders();
    for await (const chunk of response.body ?? []) outgoing.write(chunk);
    outgoing.end();
  });
}

/** Answers as servers of 2025-11-25 do. */
function legacy(...[incoming, outgoing]: Parameters<RequestListener>): void {
  let text = '';
  incoming.on('data', (chunk) => {
    text += chunk;
  });
  incoming.once('end', () => {
    outgoing.setHeader('content-type', 'application/json');
    if (!text.includes('"initialize"')) {
      outgoing
        .writeHead(400)
        .end('{"jsonrpc":"2.0","id":null,"error":{"code":-32000,"message":"Server not initialized"}}');
      return;
    }
    const result = {
      protocolVersion: '2025-11-25',
      capabilities: {},
      serverInfo: { name: 'old', version: '1' },
    };
    outgoing
      .writeHead(200, { 'mcp-session-id': 'one' })
      .end(JSON.stringify({ jsonrpc: '2.0', id: 'handshake', result }));
  });
}

function eventSource(...[incoming, outgoing]: Parameters<RequestListener>): void {
  if (incoming.method !== 'GET') return void outgoing.writeHead(405).end();
  outgoing
    .writeHead(200, { 'content-type': 'text/event-stream' })
    .write('event: endpoint\ndata: /messages\n\n');
}

function ofTomorrow(...[, outgoing]: Parameters<RequestListener>): void {
  const error = { code: -32022, message: 'no', data: { supported: ['2030-01-01'] } };
  outgoing.writeHead(400, { 'content-type': 'application/json' });
  outgoing.end(JSON.stringify({ jsonrpc: '2.0', id: 1, error }));
}

function webSite(...[, outgoing]: Parameters<RequestListener>): void {
  outgoing.writeHead(404, { 'content-type': 'text/html' }).end('<h1>Not found</h1>');
}

function down(...[, outgoing]: Parameters<RequestListener>): void {
  const error = { code: 50303, message: 'No replica of the server could be reached' };
  outgoing.writeHead(503, { 'content-type': 'application/json' });
  outgoing.end(JSON.stringify({ jsonrpc: '2.0', id: 1, error }));
}

function unavailable(...[, outgoing]: Parameters<RequestListener>): void {
  outgoing.writeHead(503).end();
}

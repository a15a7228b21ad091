import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer } from '@switchyard/server';
import { type Listening, serve } from '@switchyard/server/node';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { cleanUp, run } from './support/command.ts';

let listening: Listening;
let seen: Record<string, string | string[] | undefined>[] = [];

beforeAll(async () => {
  const server = createServer({ name: 'demo', version: '1.0.0' }, { pageSize: 3 });
  server.registerTool('text', {}, () => 'line one\nline two');
  server.registerTool(
    'add',
    { inputSchema: z.object({ a: z.number(), b: z.number() }), outputSchema: z.object({ sum: z.number() }) },
    ({ a, b }) => ({ structuredContent: { sum: a + b } }),
  );
  server.registerTool('fail', {}, () => ({
    isError: true,
    content: [{ type: 'text', text: 'there is no such city' }],
  }));
  server.registerTool(
    'echo',
    { inputSchema: z.looseObject({ tags: z.array(z.string()).optional() }) },
    (args) => ({
      content: [],
      structuredContent: args,
    }),
  );
  const region = { type: 'string', 'x-mcp-header': 'Region' };
  server.registerTool('query', { inputSchema: { type: 'object', properties: { region } } }, () => 'asked');
  server.registerTool('ask', {}, async (ctx) => {
    const { action } = await ctx.elicit({
      message: 'Your name?',
      requestedSchema: z.object({ name: z.string() }),
    });
    return action;
  });
  server.registerTool('steps', {}, (ctx) => {
    ctx.progress(1, 4, 'first');
    ctx.progress(3, 4);
    return 'done';
  });
  listening = await serve(server, { port: 0 });
  listening.http.prependListener('request', (request) => void seen.push(request.headers));
});

afterEach(async () => {
  seen = [];
  await cleanUp();
});

afterAll(() => listening.close({ timeoutMs: 0 }));

const call = (...args: string[]) => run(['call', listening.url, ...args]);

test('texts are printed as they are', async () => {
  expect(await call('text')).toEqual({ code: 0, out: 'line one\nline two\n', err: '' });
});

test('structured content is printed as JSON, and values are read as the schema says', async () => {
  expect(await call('add', 'a=2', 'b=0.5')).toEqual({ code: 0, out: '{\n  "sum": 2.5\n}\n', err: '' });
});

test('arguments can be one JSON object, with pairs on top', async () => {
  const { out } = await call('echo', '--args', '{"a":1,"deep":{"x":[1]}}', 'a=2', 'tags=new', 'tags=sale');
  expect(JSON.parse(out)).toEqual({ a: 2, deep: { x: [1] }, tags: ['new', 'sale'] });
});

test('--json prints the result as it came', async () => {
  const { code, out } = await call('add', 'a=2', 'b=3', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    resultType: 'complete',
    structuredContent: { sum: 5 },
    content: [{ text: '{"sum":5}' }],
  });
});

test("a tool's failure goes to standard error, with exit code 1", async () => {
  expect(await call('fail')).toEqual({ code: 1, out: '', err: 'the tool failed: there is no such city\n' });
  const { code, out } = await call('fail', '--json');
  expect(code).toBe(1);
  expect(JSON.parse(out)).toMatchObject({ isError: true });
});

test('a tool that is not there is named, with those that are, on whatever page', async () => {
  const { code, err } = await call('nope');
  expect(code).toBe(1);
  expect(err).toContain('There is no tool "nope" here. There is: text, add, fail, echo, query, ask, steps.');
});

test('parameters that the schema wants in headers are sent there, encoded where they must be', async () => {
  expect((await call('query', 'region=eu-west', '-H', 'X-Trace: one two', '--token', 'secret')).out).toBe(
    'asked\n',
  );
  expect(seen.at(-1)).toMatchObject({
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': 'tools/call',
    'mcp-name': 'query',
    'mcp-param-region': 'eu-west',
    'x-trace': 'one two',
    authorization: 'Bearer secret',
  });
  await call('query', 'region=Zürich');
  expect(seen.at(-1)?.['mcp-param-region']).toMatch(/^=\?base64\?/);
});

test('a token can come from the environment', async () => {
  await run(['call', listening.url, 'text'], { env: { SWITCHYARD_TOKEN: 'from-env' } });
  expect(seen.at(-1)?.['authorization']).toBe('Bearer from-env');
});

test('progress goes to standard error', async () => {
  expect(await call('steps')).toEqual({ code: 0, out: 'done\n', err: '25 %  first\n75 %\n' });
});

test('a question without a terminal ends with exit code 2', async () => {
  const { code, out, err } = await call('ask');
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain('The tool asks a question, and there is no terminal to ask it on.');
});

test.each([
  [['add', 'a=two'], '"a" is "two", which is not a number.'],
  [['add', 'a'], '"a" is not an argument: write key=value.'],
  [['add', '-H', 'Mcp-Name: other'], '-H must not set mcp-name'],
  [['add', '--token', 'two words'], 'A token has visible ASCII characters only'],
])('%j is refused', async (args, message) => {
  const { code, out, err } = await call(...args);
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toContain(message);
});

test.each([
  ['ftp://127.0.0.1/mcp', 'is not an http:// or https:// URL'],
  ['http://user:word@127.0.0.1/mcp', 'must not carry a user name or password'],
  ['http://127.0.0.1:1/mcp', 'Cannot reach 127.0.0.1:1: nothing listens there.'],
])('%s cannot be called', async (url, message) => {
  const { code, err } = await run(['call', url, 'text']);
  expect(code).toBe(1);
  expect(err).toContain(message);
});

test.each([
  [404, 'text/plain', 'nothing here', 'There is no MCP endpoint at this path (404). It says: nothing here'],
  [401, 'text/plain', '', 'Give a token with --token, or sign in with "switchyard login".'],
  [200, 'text/html', '<h1>Hi</h1>', 'The server answered 200, and nothing that is MCP. It says: <h1>Hi</h1>'],
  [
    400,
    'application/json',
    rpcError(-32022, { supported: ['2025-11-25'] }),
    'does not speak revision 2026-07-28; it speaks 2025-11-25.',
  ],
  [400, 'application/json', rpcError(-32000, undefined), 'It may speak only revisions before 2026-07-28'],
  [
    200,
    'application/json',
    rpcError(-32603, { reference: 'ab12' }),
    'went wrong (-32603)\n{"reference":"ab12"}',
  ],
  [
    200,
    'text/event-stream',
    ': nothing\n\n',
    'The connection ended before the answer came; the call may have run.',
  ],
  [307, 'text/plain', '', 'The server points elsewhere (307)'],
])('an answer of %i %s is told for what it is', async (status, type, body, message) => {
  const http = createHttpServer((request, response) => {
    request.resume().on('end', () => response.writeHead(status, { 'content-type': type }).end(body));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => http.once('listening', resolve));
  const { port } = http.address() as AddressInfo; // it listens on TCP
  const { code, err } = await run(['call', `http://127.0.0.1:${port}/mcp`, 'text']);
  http.close();
  expect(code).toBe(1);
  expect(err).toContain(message);
});

test('a server that says nothing is given up', async () => {
  const http = createHttpServer(() => undefined).listen(0, '127.0.0.1');
  await new Promise((resolve) => http.once('listening', resolve));
  const { port } = http.address() as AddressInfo; // it listens on TCP
  const { code, err } = await run(['call', `http://127.0.0.1:${port}/mcp`, 'text', '--timeout', '1']);
  http.closeAllConnections();
  http.close();
  expect(code).toBe(1);
  expect(err).toContain(`Nothing was heard from 127.0.0.1:${port} for 1 s`);
});

test('a tool that is declared wrongly is not called', async () => {
  const result = {
    resultType: 'complete',
    tools: [
      {
        name: 'text',
        inputSchema: { type: 'object', properties: { a: { type: 'number', 'x-mcp-header': 'A' } } },
      },
    ],
  };
  const http = createHttpServer((request, response) => {
    request.resume().on('end', () => response.end(JSON.stringify({ jsonrpc: '2.0', id: 1, result })));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => http.once('listening', resolve));
  const { port } = http.address() as AddressInfo; // it listens on TCP
  const { code, err } = await run(['call', `http://127.0.0.1:${port}/mcp`, 'text']);
  http.close();
  expect(code).toBe(1);
  expect(err).toContain(
    'The server declares "text" wrongly, so it cannot be called: x-mcp-header on a needs the type',
  );
});

function rpcError(code: number, data: unknown): string {
  return JSON.stringify({ jsonrpc: '2.0', id: 1, error: { code, message: 'Something went wrong', data } });
}

import { mkdirSync, readFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer as createNetServer, type Server as NetServer } from 'node:net';
import path from 'node:path';
import { createServer } from '@switchyard/server';
import { type Listening, serve } from '@switchyard/server/node';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { cleanUp, run } from './support/command.ts';
import { type Project, project } from './support/project.ts';

/** What a user gets wrong on the first day: each answer is short, says what to do, and shows nothing of our own. */
let home: Project;
let listening: Listening;
const others: NetServer[] = [];

beforeAll(async () => {
  home = project({
    'server.ts':
      "import { createServer } from '@switchyard/server';\nexport default createServer({ name: 'a', version: '1' });\n",
    'gateway.yaml': 'servers: { s: { replicas: [http://127.0.0.1:1/mcp] } }\n',
    'no-key.yaml':
      'servers: { s: { replicas: [http://127.0.0.1:1/mcp] } }\nidentify: { keys: { file: none.yaml } }\n',
  });
  mkdirSync(path.join(home.folder, 'folder'));
  const server = createServer({ name: 'demo', version: '1.0.0' });
  server.registerTool('text', {}, () => 'said');
  listening = await serve(server, { port: 0 });
});
afterAll(async () => {
  home[Symbol.dispose]();
  await listening.close();
  for (const other of others) other.close();
});
afterEach(cleanUp);

async function listen(server: NetServer): Promise<number> {
  others.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port; // it listens on TCP
}

/** Runs the command in the user's folder and returns what it says, having seen that it fails as it should. */
async function mistake(args: readonly string[], code = 1): Promise<string> {
  const ended = await run(args, { cwd: home.folder });
  expect({ code: ended.code, out: ended.out }).toEqual({ code, out: '' });
  expect(ended.err).not.toMatch(/^ {4}at /m);
  expect(ended.err.split('\n').length).toBeLessThanOrEqual(4);
  return ended.err;
}

test.each([
  [['serve', 'folder'], /folder is a folder: name the file in it that exports the server\./],
  [['serve', 'none.ts'], /There is no file .*none\.ts\./],
  [
    ['serve', 'server.ts', '--host', '0.0.0.0', '-p', '0'],
    /createServer\(info, \{ allowedHosts: \['mcp\.example\.com'\] \}\)/,
  ],
  [['gateway', 'folder'], /folder: it is a folder/],
  [['gateway', 'no-key.yaml'], /identify\.keys\.file refers to none\.yaml, but there is no such file/],
  [['config', 'import', 'folder'], /folder cannot be read: it is a folder\./],
  [['policy', 'test', 'gateway.yaml', 'none.yaml'], /none\.yaml cannot be read: there is no such file\./],
  [['audit', 'verify', 'gateway.yaml'], /gateway\.yaml has no "store": its gateway keeps no trail\./],
  [
    ['audit', 'query', 'sqlite:none.db', '--decision', 'maybe'],
    /Allowed choices are allowed, denied, flagged\./,
  ],
  [
    ['audit', 'query', 'postgres://ann:secret@127.0.0.1:1/d'],
    /postgres:\/\/ann:…@127\.0\.0\.1:1\/d: .* or as PGPASSWORD\./,
  ],
  [
    ['audit', 'export', 'gateway.yaml', '--format', 'cef', '--to', 'http://127.0.0.1:1/'],
    /leave --format cef out/,
  ],
  [['audit', 'key', 'none/audit'], /none\/audit\.key cannot be written: its folder is not there\./],
  [['gateway-key', 'ci', '--expires', '2027-02-31'], /--expires wants a date/],
  [['call', '127.0.0.1:3000/mcp', 'text'], /Did you mean http:\/\/127\.0\.0\.1:3000\/mcp\?/],
  [['doctor', 'http://127.0.0.1:1/mcp', '--args', '{}'], /--args are for a tool: name it with --tool\./],
  [['tasks', 'list', '--store', 'sqlite:folder'], /is its folder there, and writable\?$/m],
] as const)('%j', async (args, said) => {
  expect(await mistake(args)).toMatch(said);
});

test('a call without a tool says which there are', async () => {
  expect(await mistake(['call', listening.url])).toContain(
    'Which tool? Name it behind the URL. There is: text.',
  );
});

test('a reference that is none', async () => {
  expect(await mistake(['call', listening.url, '--resume', 'abc'])).toContain(
    'give --resume what --detach has printed',
  );
});

test('types for a folder that is not there', async () => {
  expect(await mistake(['types', listening.url, '--out', 'none/tools.ts'])).toContain(
    'none/tools.ts cannot be written: its folder is not there.',
  );
  const { err } = await run(['types', listening.url, '--out', 'tools.ts'], { cwd: home.folder });
  expect(err).toContain('Wrote the types of 1 tool to tools.ts.');
  expect(readFileSync(path.join(home.folder, 'tools.ts'), 'utf8')).toContain('text');
});

test('a tool for the doctor that the server does not have', async () => {
  const { code, out, err } = await run(['doctor', listening.url, '--tool', 'txt']);
  expect(code).toBe(1);
  expect(out).toContain('the server lists no tool "txt"');
  expect(err).toContain('The server lists no tool "txt": nothing was called.');
});

test('a key that has expired already is made, with a warning', async () => {
  const { code, err } = await run(['gateway-key', 'ci', '--expires', '2020-01-01']);
  expect(code).toBe(0);
  expect(err).toContain('2020-01-01 is past: this key opens nothing.');
});

test.each([
  ['call', 1],
  ['types', 1],
  ['login', 1],
  ['doctor', 2],
] as const)('%s: http for https, and the other way about', async (command, code) => {
  const plain = await listen(createHttpServer((_request, response) => response.end()));
  const closing = await listen(createNetServer((socket) => socket.destroy()));
  const more = command === 'call' ? ['text'] : [];
  expect(await mistake([command, `https://127.0.0.1:${plain}/mcp`, ...more], code)).toContain(
    'it does not speak TLS as it should; if it speaks none, the URL begins with http://.',
  );
  expect(await mistake([command, `http://127.0.0.1:${closing}/mcp`, ...more], code)).toContain(
    'it closed the connection; if it speaks TLS, the URL begins with https://.',
  );
});

test('a server that wants an API key', async () => {
  const port = await listen(
    createHttpServer((_request, response) => response.writeHead(401, { 'www-authenticate': 'Bearer' }).end()),
  );
  const url = `http://127.0.0.1:${port}/mcp`;
  expect(await mistake(['call', url, 'text'])).toContain('The server wants to know who is calling (401).');
  expect(await mistake(['call', url, 'text', '--token', 'wrong'])).toContain(
    'The server does not accept the credentials that were sent (401).',
  );
  expect(await mistake(['login', url])).toContain('such as an API key, give them with --token.');
});

import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterEach, expect, test } from 'vitest';
import { BIN, cleanUp, type Running, start } from './support/command.ts';
import { type Project, project } from './support/project.ts';
import { requestText } from './support/rpc.ts';

let made: Project;

afterEach(async () => {
  await cleanUp();
  made[Symbol.dispose]();
});

const SERVER = `
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createServer } from '@switchyard/server';
import { greeting } from './greeting.ts';

console.log('this must not reach the client');

export default () => {
  const server = createServer({ name: 'demo', version: '1.0.0' });
  server.registerTool('greet', {}, () => greeting);
  server.registerTool('wait', {}, async () => {
    while (!existsSync(join(import.meta.dirname, 'go'))) await new Promise((resolve) => setTimeout(resolve, 5));
    return greeting;
  });
  return server;
};
`;

const demo = (): Project =>
  project({ 'server.ts': SERVER, 'greeting.ts': "export const greeting = 'one';\n" });

async function served(): Promise<{ running: Running; ask: (line: string) => void }> {
  made = demo();
  const running = start(['serve', 'server.ts', '--stdio'], { cwd: made.folder });
  await running.says(/Serving server\.ts over standard input and output/);
  return { running, ask: (line) => void running.child.stdin?.write(`${line}\n`) };
}

const call = (name: string, id: number): string => requestText('tools/call', { name, arguments: {} }, id);

test('the official client starts it, calls a tool and ends it', async () => {
  made = demo();
  const client = new Client({ name: 'official', version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } });
  const args = [BIN, 'serve', 'server.ts', '--stdio'];
  await client.connect(
    new StdioClientTransport({ command: process.execPath, args, cwd: made.folder, stderr: 'ignore' }),
  );
  expect(client.getNegotiatedProtocolVersion()).toBe('2026-07-28');
  expect((await client.callTool({ name: 'greet' })).content).toEqual([{ type: 'text', text: 'one' }]);
  await client.close();
});

test('nothing but messages is written to standard output', async () => {
  const { running, ask } = await served();
  ask(call('greet', 1));
  await running.says(/"id":1/);
  for (const line of running.out().trim().split('\n'))
    expect(JSON.parse(line)).toMatchObject({ jsonrpc: '2.0' });
  expect(running.err()).toContain('this must not reach the client');
});

test('the next line goes to the new definition, and what is in flight finishes on the old', async () => {
  const { running, ask } = await served();
  ask(call('wait', 1));
  ask(requestText('subscriptions/listen', { notifications: { toolsListChanged: true } }, 2));
  await running.says(/subscriptions\/acknowledged/);
  made.write('greeting.ts', "export const greeting = 'two';\n");
  await running.says(/reloaded server\.ts/);
  await running.says(/notifications\/tools\/list_changed[\s\S]*"id":2,"result"/);
  ask(call('greet', 3));
  await running.says(/"id":3,.*"text":"two"/);
  made.write('go', '');
  await running.says(/"id":1,.*"text":"one"/);
});

test('a broken edit changes nothing', async () => {
  const { running, ask } = await served();
  made.write('greeting.ts', 'export const greeting = ;\n');
  await running.says(/not reloaded/);
  ask(call('greet', 1));
  await running.says(/"id":1,.*"text":"one"/);
});

test('the end of the input ends the process with exit code 0, after the answers', async () => {
  const { running, ask } = await served();
  ask(call('greet', 1));
  running.child.stdin?.end();
  expect(await running.ended).toBe(0);
  expect(running.out()).toContain('"text":"one"');
});

test('SIGTERM ends it with exit code 0', async () => {
  const { running } = await served();
  running.signal('SIGTERM');
  expect(await running.ended).toBe(0);
});

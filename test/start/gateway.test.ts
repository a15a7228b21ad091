import { createServer } from '@switchyard/server';
import { type Listening, serve } from '@switchyard/server/node';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cleanUp, run, start } from './support/command.ts';
import { type Project, project } from './support/project.ts';
import { ask, send, textOf } from './support/rpc.ts';

let made: Project;
let servers: Listening[] = [];
let release: () => void = () => undefined;

beforeEach(async () => {
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  servers = await Promise.all(['one', 'two'].map((name) => replica(name, held)));
  made = project({ 'gateway.yaml': config({ port: 0 }) });
});

afterEach(async () => {
  release();
  await cleanUp();
  await Promise.all(servers.map((server) => server.close({ timeoutMs: 0 })));
  made[Symbol.dispose]();
});

function replica(name: string, held: Promise<void>): Promise<Listening> {
  const server = createServer({ name: 'demo', version: '1.0.0' });
  server.registerTool('who', {}, () => name);
  server.registerTool('hold', {}, async (ctx) => {
    ctx.progress(1);
    await held;
    return name;
  });
  return serve(server, { port: 0 });
}

function config({
  port,
  replicas = servers.map(({ url }) => url),
  more = '',
}: {
  port: number;
  replicas?: string[];
  more?: string;
}): string {
  return `listen: { port: ${port} }\nservers:\n  demo:\n    path: /mcp\n    replicas: [${replicas.join(', ')}]\n${more}`;
}

async function started(...args: string[]) {
  const running = start(['gateway', 'gateway.yaml', ...args], { cwd: made.folder });
  const [, url = ''] = await running.says(/^(http:\S+) {2}demo, 2 replicas$/m);
  return { running, url };
}

test('prints the endpoints and passes calls on', async () => {
  const { url } = await started();
  const answers = [await textOf(url, 'who'), await textOf(url, 'who')];
  expect(answers.sort()).toEqual(['one', 'two']);
});

test('goes by a changed configuration, and drops no request for it', async () => {
  const { running, url } = await started();
  const before = await send(url, 'tools/call', { name: 'hold', _meta: { progressToken: 1 } });
  made.write('gateway.yaml', config({ port: 0, replicas: [servers[1]?.url ?? ''] }));
  await running.says(/configuration reloaded/);
  expect([await textOf(url, 'who'), await textOf(url, 'who')]).toEqual(['two', 'two']);
  release();
  await before.ended;
  expect(before.text()).toMatch(/"text":"(one|two)"/);
});

test('a configuration that is wrong changes nothing, and its faults are told', async () => {
  const { running, url } = await started();
  made.write('gateway.yaml', config({ port: 0, more: '    balanse: round-robin\n' }));
  await running.says(/not reloaded[\s\S]*gateway\.yaml:6:5: .*balanse.*did you mean "balance"/);
  expect((await ask(url, 'tools/list')).status).toBe(200);
});

test('events can be JSON', async () => {
  const { running } = await started('--log', 'json');
  const [line] = await running.says(/^\{.*"listening".*\}$/m);
  expect(JSON.parse(line)).toMatchObject({ type: 'listening', servers: 1 });
});

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s: calls in flight finish, and the exit code is 0',
  async (signal) => {
    const { running, url } = await started();
    const call = await send(url, 'tools/call', { name: 'hold', _meta: { progressToken: 1 } });
    running.signal(signal);
    await running.says(/1 request in progress/);
    release();
    await call.ended;
    expect(call.text()).toMatch(/"text":"(one|two)"/);
    expect(await running.ended).toBe(0);
  },
);

test('--check says what would be served, and starts nothing', async () => {
  made.write('gateway.yaml', config({ port: 8123 }));
  expect(await run(['gateway', 'gateway.yaml', '--check'], { cwd: made.folder })).toEqual({
    code: 0,
    out: 'http://127.0.0.1:8123/mcp  demo, 2 replicas\n',
    err: '',
  });
});

test.each([['--check'], []])('a configuration that is wrong ends it with every fault %j', async (...args) => {
  made.write('gateway.yaml', config({ port: 99_999, more: '    retrys: 1\n' }));
  const { code, out, err } = await run(['gateway', 'gateway.yaml', ...args], { cwd: made.folder });
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toMatch(
    /gateway\.yaml:1:11: listen\.port is 99999; expected .*\n.*gateway\.yaml:6:5: .*retrys/,
  );
});

test('a file that is not there is named', async () => {
  const { code, err } = await run(['gateway', 'missing.yaml'], { cwd: made.folder });
  expect(code).toBe(1);
  expect(err).toContain('missing.yaml: there is no such file');
});

test('a port that is taken is named, with what to do', async () => {
  const port = servers[0]?.port ?? 0;
  made.write('gateway.yaml', config({ port }));
  const { code, err } = await run(['gateway', 'gateway.yaml'], { cwd: made.folder });
  expect(code).toBe(1);
  expect(err).toContain(`127.0.0.1:${port} is taken. Set listen.port in the configuration.`);
  made.write('gateway.yaml', config({ port: 0, more: `admin: { port: ${port}, metrics: open }\n` }));
  const admin = await run(['gateway', 'gateway.yaml'], { cwd: made.folder });
  expect(admin.code).toBe(1);
  expect(admin.err).toContain(`127.0.0.1:${port} is taken. Set admin.port in the configuration.`);
});

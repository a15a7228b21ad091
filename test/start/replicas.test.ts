import { afterEach, expect, test } from 'vitest';
import { cleanUp, isAlive, run, start } from './support/command.ts';
import { type Project, project } from './support/project.ts';
import { textOf } from './support/rpc.ts';

const SERVER = `
import { createServer } from '@switchyard/server';

export default ({ keys, env }: { keys: string; env: NodeJS.ProcessEnv }) => {
  const server = createServer({ name: 'demo', version: '1.0.0' });
  server.registerTool('keys', {}, () => keys);
  server.registerTool('replica', {}, () => String(env['SWITCHYARD_REPLICA']));
  console.log('a line of replica ' + env['SWITCHYARD_REPLICA']);
  return server;
};
`;

let made: Project;

afterEach(async () => {
  await cleanUp();
  made[Symbol.dispose]();
});

test('serve --replicas puts processes that share keys behind one endpoint', async () => {
  made = project({ 'server.ts': SERVER });
  const running = start(['serve', 'server.ts', '--replicas', '2', '--port', '0', '--path', '/'], {
    cwd: made.folder,
  });
  await running.says(/\[[12]\] a line of replica [12]/);
  const [, url = ''] = await running.says(/Serving server\.ts at (http:\S+)\n/);
  expect(new URL(url).pathname).toBe('/');
  const replicas = [await textOf(url, 'replica'), await textOf(url, 'replica')];
  expect(replicas.sort()).toEqual(['1', '2']);
  const keys = [await textOf(url, 'keys'), await textOf(url, 'keys')];
  expect(keys[0]).toMatch(/^[^:]+:[\w-]{43}$/);
  expect(keys[1]).toBe(keys[0]);
  running.signal('SIGTERM');
  expect(await running.ended).toBe(0);
});

test('every replica reloads', async () => {
  made = project({ 'server.ts': SERVER });
  const running = start(['serve', 'server.ts', '--replicas', '2', '--port', '0'], { cwd: made.folder });
  const [, url = ''] = await running.says(/Serving server\.ts at (http:\S+)\n/);
  made.write('server.ts', SERVER.replace('String(', "'new ' + String("));
  const seen = new Set<string>();
  while (!(seen.has('new 1') && seen.has('new 2'))) seen.add(await textOf(url, 'replica'));
});

test('a definition that no replica can serve ends it with the reason', async () => {
  made = project({ 'server.ts': "throw new Error('no database');" });
  const { code, err } = await run(['serve', 'server.ts', '--replicas', '2', '--port', '0'], {
    cwd: made.folder,
  });
  expect(code).toBe(1);
  expect(err).toMatch(/^\[1\] error: \S*server\.ts:1:7: Error: no database$/m);
  expect(err).toContain('error: A replica ended before it could be called: exit code 1.');
});

test('Ctrl-C while replicas are still starting ends all of them', async () => {
  made = project({
    'server.ts':
      "console.log('pid ' + process.pid); await new Promise((resolve) => setTimeout(resolve, 60_000));",
  });
  const running = start(['serve', 'server.ts', '--replicas', '2', '--port', '0'], { cwd: made.folder });
  const pids = [Number((await running.says(/pid (\d+)/))[1]), Number((await running.says(/pid (\d+)/))[1])];
  running.signal('SIGINT');
  expect(await running.ended).toBe(0);
  while (pids.some(isAlive)) await new Promise((resolve) => setTimeout(resolve, 10));
});

test('replicas are for this machine alone', async () => {
  made = project({ 'server.ts': SERVER });
  const { code, err } = await run(['serve', 'server.ts', '--replicas', '2', '--host', '0.0.0.0'], {
    cwd: made.folder,
  });
  expect(code).toBe(1);
  expect(err).toContain('run "switchyard gateway"');
});

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { cleanUp, run, start } from './support/command.ts';
import { type Project, project } from './support/project.ts';
import { ask, send, textOf } from './support/rpc.ts';

const projects: Project[] = [];

afterEach(async () => {
  await cleanUp();
  for (const one of projects.splice(0)) one[Symbol.dispose]();
});

/** A server with a tool that says `greeting`, and one that does so when the file `go` is written. */
const SERVER = `
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createServer } from '@switchyard/server';
import { greeting } from './lib/greeting.ts';
import { suffix } from './lib/suffix.mjs';

interface Context { readonly keys: string; readonly transport: string; readonly signal: AbortSignal }

export default async ({ keys, transport, signal }: Context) => {
  const server = createServer({ name: 'demo', version: '1.0.0' }, { requestState: { keys } });
  server.registerTool('greet', {}, () => greeting + suffix);
  server.registerTool('where', {}, () => [import.meta.dirname, transport].join(' '));
  server.registerTool('wait', {}, async (ctx) => {
    ctx.progress(1);
    while (!existsSync(join(import.meta.dirname, 'go'))) await new Promise((resolve) => setTimeout(resolve, 5));
    return greeting;
  });
  signal.addEventListener('abort', () => console.error('disposed ' + greeting));
  return server;
};
`;

function demo(more: Readonly<Record<string, string>> = {}): Project {
  const made = project({
    'server.ts': SERVER,
    'lib/greeting.ts': "export const greeting: string = 'one';\n",
    'lib/suffix.mjs': "export const suffix = '!';\n",
    ...more,
  });
  projects.push(made);
  return made;
}

async function served(made: Project, file = 'server.ts', ...args: string[]) {
  const running = start(['serve', file, '--port', '0', ...args], { cwd: made.folder });
  const [, url = ''] = await running.says(/Serving .+ at (http:\S+)\n/);
  return { running, url };
}

describe('serve', () => {
  test('serves a definition written in TypeScript', async () => {
    const made = demo();
    const { url } = await served(made);
    expect(await textOf(url, 'greet')).toBe('one!');
    expect(await textOf(url, 'where')).toBe(`${made.folder} http`);
  });

  test.each(['server.js', 'server.mjs', 'server.mts'])('serves %s', async (file) => {
    const text = `import { createServer } from '@switchyard/server';
      const server = createServer({ name: 'plain', version: '1.0.0' });
      server.registerTool('greet', {}, () => 'plain');
      export default server;`;
    const made = demo({ [file]: text, 'package.json': '{"type":"module"}' });
    const { url } = await served(made, file);
    expect(await textOf(url, 'greet')).toBe('plain');
    const { url: unwatched } = await served(made, file, '--no-watch');
    expect(await textOf(unwatched, 'greet')).toBe('plain');
  });

  test('loads the definition, and every file that it imports by path, again when one changes', async () => {
    const made = demo();
    const { running, url } = await served(made);
    made.write('lib/greeting.ts', "export const greeting: string = 'two';\n");
    await running.says(/reloaded server\.ts/);
    expect(await textOf(url, 'greet')).toBe('two!');
    made.write('lib/suffix.mjs', "export const suffix = '?';\n");
    await running.says(/reloaded/);
    expect(await textOf(url, 'greet')).toBe('two?');
    made.write('server.ts', SERVER.replace('greeting + suffix', "'three'"));
    await running.says(/reloaded/);
    expect(await textOf(url, 'greet')).toBe('three');
  });

  test('lets requests in flight finish on the definition they started with, then disposes of it', async () => {
    const made = demo();
    const { running, url } = await served(made);
    const before = await send(url, 'tools/call', { name: 'wait', _meta: { progressToken: 1 } });
    made.write('lib/greeting.ts', "export const greeting: string = 'two';\n");
    await running.says(/reloaded/);
    expect(await textOf(url, 'greet')).toBe('two!');
    expect(running.err()).not.toContain('disposed one');
    made.write('go', '');
    await before.ended;
    expect(before.text()).toContain('"text":"one"');
    await running.says(/disposed one/);
  });

  test('tells open streams that the lists have changed, and ends them with a result', async () => {
    const made = demo();
    const { running, url } = await served(made);
    const stream = await send(url, 'subscriptions/listen', { notifications: { toolsListChanged: true } });
    made.write('lib/greeting.ts', "export const greeting: string = 'two';\n");
    await running.says(/reloaded/);
    await stream.ended;
    const methods = stream.text().match(/notifications\/[a-z_/]+|"result"/g);
    expect(methods).toEqual([
      'notifications/subscriptions/acknowledged',
      'notifications/tools/list_changed',
      '"result"',
    ]);
  });

  test.each([
    ['is no program', 'export const greeting: string = ;\n', /lib\/greeting\.ts:1:33: Unexpected ";"/],
    [
      'throws',
      'type T = string;\nexport const greeting: T = (null as unknown as { x: { y: T } }).x.y;\n',
      /lib\/greeting\.ts:2:\d+: TypeError: Cannot read/,
    ],
    [
      'imports what is not there',
      "import './nowhere.ts';\nexport const greeting = '';\n",
      /lib\/greeting\.ts:1:8: Could not resolve "\.\/nowhere\.ts"/,
    ],
    [
      'misses a package',
      "import 'no-such-package';\nexport const greeting = '';\n",
      /lib\/greeting\.ts:1:8: Could not resolve "no-such-package"/,
    ],
  ])(
    'goes on with the definition before, and tells file and line, where an edit %s',
    async (_what, text, reason) => {
      const made = demo();
      const { running, url } = await served(made);
      made.write('lib/greeting.ts', text);
      await running.says(/not reloaded; the definition before it is still served:/);
      await running.says(reason);
      expect(await textOf(url, 'greet')).toBe('one!');
      made.write('lib/greeting.ts', "export const greeting: string = 'mended';\n");
      await running.says(/reloaded server\.ts/);
      expect(await textOf(url, 'greet')).toBe('mended!');
    },
  );

  test('loads it again once a file that was missing is there', async () => {
    const made = demo();
    const { running, url } = await served(made);
    made.write('lib/greeting.ts', "export { greeting } from './moved.ts';\n");
    await running.says(/not reloaded/);
    made.write('lib/moved.ts', "export const greeting = 'moved';\n");
    await running.says(/reloaded server\.ts/);
    expect(await textOf(url, 'greet')).toBe('moved!');
  });

  test('goes on with the definition before where a schema cannot be compiled', async () => {
    const made = demo();
    const { running, url } = await served(made);
    const bad =
      "{ inputSchema: { type: 'object', properties: { a: { $ref: 'https://elsewhere.example/s' } } } } as never";
    made.write('server.ts', SERVER.replace("'greet', {}", `'greet', ${bad}`));
    await running.says(/not reloaded[\s\S]*server\.ts[\s\S]*elsewhere\.example/);
    expect(await textOf(url, 'greet')).toBe('one!');
  });

  test('does not reload with --no-watch', async () => {
    const made = demo();
    const { running, url } = await served(made, 'server.ts', '--no-watch');
    made.write('lib/greeting.ts', "export const greeting: string = 'two';\n");
    expect(await textOf(url, 'greet')).toBe('one!');
    running.signal('SIGTERM');
    expect(await running.ended).toBe(0);
    expect(running.err()).not.toContain('reloaded');
  });

  test.each(['SIGINT', 'SIGTERM'] as const)(
    '%s: a call in flight finishes, nothing new is taken, the exit code is 0',
    async (signal) => {
      const made = demo();
      const { running, url } = await served(made);
      const call = await send(url, 'tools/call', { name: 'wait', _meta: { progressToken: 1 } });
      running.signal(signal);
      await expect(untilRefused(url)).resolves.toBe('refused');
      made.write('go', '');
      await call.ended;
      expect(call.text()).toContain('"text":"one"');
      expect(await running.ended).toBe(0);
      expect(running.err()).toContain('disposed one');
    },
  );

  test('a second Ctrl-C does not wait, and the exit code is 130', async () => {
    const made = demo();
    const { running, url } = await served(made);
    await send(url, 'tools/call', { name: 'wait', _meta: { progressToken: 1 } });
    const pressing = setInterval(() => running.signal('SIGINT'), 50);
    const code = await running.ended.finally(() => clearInterval(pressing));
    expect(code).toBe(130);
    expect(running.err()).toContain('Stopped before everything had finished.');
  });

  test('what does not finish within --drain is told so and cut', async () => {
    const made = demo();
    const { running, url } = await served(made, 'server.ts', '--drain', '0');
    const call = await send(url, 'tools/call', { name: 'wait', _meta: { progressToken: 1 } });
    running.signal('SIGTERM');
    await call.ended;
    expect(call.text()).toContain('shutting down');
    expect(await running.ended).toBe(0);
  });

  test('a port that is taken is named, with what to do', async () => {
    const made = demo();
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo; // it listens on TCP
    const { code, err } = await run(['serve', 'server.ts', '--port', String(port)], { cwd: made.folder });
    other.close();
    expect(code).toBe(1);
    expect(err).toContain(
      `error: 127.0.0.1:${port} is taken. Choose another port with --port (0 takes any free one).`,
    );
  });

  test('an address beyond loopback needs to be allowed by the definition', async () => {
    const { code, err } = await run(['serve', 'server.ts', '--port', '0', '--host', '0.0.0.0'], {
      cwd: demo().folder,
    });
    expect(code).toBe(1);
    expect(err).toContain('allowedHosts');
  });

  test.each([
    ['missing.ts', '', 'There is no file'],
    ['server.txt', 'x', 'must end in one of .ts, .mts, .js, .mjs'],
    [
      'none.ts',
      'export const server = 1;',
      'its default export is missing; export a server made by createServer',
    ],
    [
      'wrong.ts',
      'export default () => ({ fetch() {} });',
      'its default export returned a value of type object',
    ],
    ['throws.ts', "\nthrow new Error('no database');", 'throws.ts:2:7: Error: no database'],
  ])('%s cannot be served, and the reason is told', async (file, text, reason) => {
    const made = demo(text === '' ? {} : { [file]: text });
    const { code, err } = await run(['serve', file, '--port', '0'], { cwd: made.folder });
    expect(code).toBe(1);
    expect(err).toContain(reason);
  });

  test('keys that cannot be read stop the start, and are not shown', async () => {
    const { code, err } = await run(['serve', 'server.ts'], {
      cwd: demo().folder,
      env: { SWITCHYARD_KEYS: 'k:c2VjcmV0' },
    });
    expect(code).toBe(1);
    expect(err).toContain('SWITCHYARD_KEYS: The secret of key "k" must be 32 bytes');
    expect(err).not.toContain('c2VjcmV0');
  });
});

/** Asks again and again until the port takes no new connections, or says that it is closing. */
async function untilRefused(url: string): Promise<string> {
  for (;;) {
    const answer = await ask(url, 'tools/list').catch(() => 'refused');
    if (answer === 'refused') return answer;
    if (typeof answer === 'object' && answer.status === 503) return 'refused';
  }
}

import { execFile } from 'node:child_process';
import path from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { cleanUp, isAlive, ROOT, type Running, startNode } from './support/command.ts';
import { project } from './support/project.ts';
import { ask, send, textOf } from './support/rpc.ts';

const SCRIPT = path.join(ROOT, 'scripts/start.mjs');
/** It may build first, on a machine that is busy with other suites. */
const TIMEOUT_MS = 60_000;

let running: Running;
let url: string;
let pids: number[];
let replicas: string[];

async function startAll(): Promise<void> {
  pids = [];
  replicas = [];
  running = startNode([SCRIPT], { env: { PORT: '0' }, group: true });
  [, url = ''] = await running.says(/endpoint +(http:\S+)/);
  for (let replica = 1; replica <= 3; replica += 1) {
    const [, at = '', pid] = await running.says(new RegExp(`replica ${replica} +(\\S+) +pid (\\d+)`));
    replicas.push(at);
    pids.push(Number(pid));
  }
  await running.says(/Ctrl-C drains/);
}

/** Whatever a test does to the main process, its replicas must not outlive it. */
async function endAll(): Promise<void> {
  await cleanUp();
  await Promise.all(pids.map(untilGone));
}

async function connected(): Promise<Client> {
  const client = new Client(
    { name: 'official', version: '1.0.0' },
    { versionNegotiation: { mode: 'auto' }, capabilities: { elicitation: { form: {} } } },
  );
  client.setRequestHandler('elicitation/create', async () => ({
    action: 'accept',
    content: { name: 'Ada' },
  }));
  await client.connect(new StreamableHTTPClientTransport(new URL(url)));
  return client;
}

describe('what npm start serves', { timeout: TIMEOUT_MS }, () => {
  beforeAll(startAll, TIMEOUT_MS);
  afterAll(endAll);

  test('consecutive calls of the official client are answered by different replicas', async () => {
    const client = await connected();
    const answers: unknown[] = [];
    for (let call = 0; call < 6; call += 1)
      answers.push((await client.callTool({ name: 'whoami' })).structuredContent);
    const numbers = answers.map((answer) => (answer as { replica: number }).replica); // as its output schema has it
    expect(new Set(numbers)).toEqual(new Set([1, 2, 3]));
    for (let call = 1; call < 6; call += 1) expect(numbers[call]).not.toBe(numbers[call - 1]);
    await client.close();
  });

  test('a round of input that one replica begins is finished by another', async () => {
    const client = await connected();
    const { content } = await client.callTool({ name: 'introduce' });
    const [, asked, heard] =
      /^Hello, Ada! Replica (\d) asked, replica (\d) heard/.exec(textIn(content)) ?? [];
    expect(asked).toMatch(/[123]/);
    expect(heard).toMatch(/[123]/);
    expect(asked).not.toBe(heard);
    await client.close();
  });

  test('the curl line and the client snippet that it prints work as they are', async () => {
    const curl = /^ {2}curl [\s\S]*?'$(?!\s*\\)/m.exec(running.out().replace(/ \\\n {4}/g, ' '))?.[0] ?? '';
    const answer = JSON.parse(await output('sh', ['-c', curl.trim()]));
    expect(answer.result.structuredContent).toEqual({ replica: expect.any(Number), pid: expect.any(Number) });

    const snippet = /^ {2}import [\s\S]*?client\.close\(\);$/m.exec(running.out())?.[0] ?? '';
    using made = project({ 'snippet.mjs': snippet });
    expect(await output(process.execPath, [path.join(made.folder, 'snippet.mjs')])).toMatch(
      /\{ replica: [123], pid: \d+ \}/,
    );
    expect(await output(process.execPath, [path.join(ROOT, 'examples/first-light/client.mjs'), url])).toMatch(
      /replica: [123]/,
    );
  });

  test('a port that is taken is named, with what to do', async () => {
    const { port } = new URL(url);
    const second = startNode([SCRIPT], { env: { PORT: port } });
    expect(await second.ended).toBe(1);
    expect(second.err()).toContain(
      `127.0.0.1:${port} is taken. Stop what is there, or choose another port: PORT=8081 npm start.`,
    );
  });
});

describe('npm start', { timeout: TIMEOUT_MS }, () => {
  beforeEach(startAll, TIMEOUT_MS);
  afterEach(endAll);

  test('kill -9 of a replica under load loses no call that may be repeated, and the replica comes back', async () => {
    const [victim = 0] = pids;
    const load = underLoad();
    await load.reached(200);
    process.kill(victim, 'SIGKILL');
    const [, pid] = await running.says(/replica 1: killed by SIGKILL; back after \d+ ms as pid (\d+)/);
    await untilAnsweredBy(1);
    await load.reached(load.count() + 200);
    expect(await load.stop()).toEqual([]);
    pids.push(Number(pid));
    expect(isAlive(Number(pid))).toBe(true);
  });

  test('Ctrl-C: calls in flight finish, nothing new is taken, nothing stays behind, the exit code is 0', async () => {
    const call = await send(url, 'tools/call', {
      name: 'countdown',
      arguments: { seconds: 2 },
      _meta: { progressToken: 1 },
    });
    running.signal('SIGINT');
    // npm passes on what the terminal has sent already.
    running.signal('SIGINT');
    await running.says(/Finishing what is in flight/);
    await expect(refused()).resolves.toBe(true);
    // The replicas do not get the signal: they serve until the gateway has drained.
    for (const replica of replicas) expect((await ask(replica, 'tools/list')).status).toBe(200);
    await call.ended;
    expect(call.text()).toMatch(/Replica [123] counted 2 s\./);
    expect(await running.ended).toBe(0);
    expect(pids.filter(isAlive)).toEqual([]);
  });

  test('replicas do not outlive a main process that is killed', async () => {
    process.kill(running.pid, 'SIGKILL');
    await running.ended;
    await Promise.all(pids.map(untilGone));
  });
});

test('a PORT that is none is refused', { timeout: TIMEOUT_MS }, async () => {
  const other = startNode([SCRIPT], { env: { PORT: 'http' } });
  expect(await other.ended).toBe(1);
  expect(other.err()).toContain('PORT is "http"; a port is a whole number from 0 to 65535.');
});

/** Eight callers that read and list one after the other until they are stopped. */
function underLoad() {
  const failures: string[] = [];
  const watchers: { count: number; resolve: () => void }[] = [];
  let count = 0;
  let stopped = false;
  const caller = async (): Promise<void> => {
    while (!stopped) {
      const read = count % 2 === 0;
      const answer = await (read
        ? ask(url, 'resources/read', { uri: 'first-light://whoami' })
        : ask(url, 'tools/list')
      ).catch(String);
      if (typeof answer === 'string' || answer.message.result === undefined)
        failures.push(JSON.stringify(answer));
      count += 1;
      for (const watcher of watchers) if (count >= watcher.count) watcher.resolve();
    }
  };
  const callers = Array.from({ length: 8 }, caller);
  return {
    count: () => count,
    reached: (wanted: number) =>
      new Promise<void>((resolve) => void watchers.push({ count: wanted, resolve })),
    async stop() {
      stopped = true;
      await Promise.all(callers);
      return failures;
    },
  };
}

async function untilAnsweredBy(replica: number): Promise<void> {
  while (!(await textOf(url, 'whoami')).startsWith(`Replica ${replica},`));
}

/** Whether a new request is turned away, by the port or by an answer. */
async function refused(): Promise<boolean> {
  const answer = await ask(url, 'tools/list').catch(() => undefined);
  return answer === undefined || answer.status === 503;
}

/** Resolves when a process is gone; the test's own time limit is what bounds it. */
async function untilGone(pid: number): Promise<void> {
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 10));
}

function output(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, args, (error, stdout, stderr) =>
      error === null ? resolve(stdout) : reject(new Error(stderr, { cause: error })),
    );
  });
}

function textIn(content: unknown): string {
  return (content as { text: string }[])[0]?.text ?? ''; // a text is what the tool returns
}

import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { StdioLinkOptions } from '@switchyard/client/stdio';
import { createStdioClient, stdioLink } from '@switchyard/client/stdio';
import { afterEach, describe, expect, it } from 'vitest';

const SERVER = fileURLToPath(new URL('./stdio-server.mjs', import.meta.url));
const SHELL = fileURLToPath(new URL('./stdio-server.sh', import.meta.url));
const STARTS = 1000;
const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

function start(mode = '', options: Partial<StdioLinkOptions> = {}) {
  const server = { command: process.execPath, args: [SERVER, mode], ...options };
  const warnings: string[] = [];
  const client = createStdioClient({ onWarning: (text) => warnings.push(text), ...server });
  open.push(client);
  const say = async (name: string, more = {}): Promise<string> => {
    const { content } = await client.callTool(name, {}, more);
    const [first] = content;
    return first?.type === 'text' ? first.text : '';
  };
  return { client, say, warnings };
}

/** Whether a process is there, be it as a zombie. */
function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** How many files this process holds open, pipes included; 0 where the system does not tell. */
async function openFiles(): Promise<number> {
  return (await readdir('/proc/self/fd').catch(() => [])).length;
}

describe('a client over stdio', () => {
  it('starts the server once, and ends it', async () => {
    const { client, say } = start();
    const pids = await Promise.all([say('pid'), say('pid'), say('pid')]);
    expect(new Set(pids).size).toBe(1);
    expect(exists(Number(pids[0]))).toBe(true);
    await client.close();
    expect(exists(Number(pids[0]))).toBe(false);
    await expect(client.callTool('pid')).rejects.toMatchObject({ code: 'closed' });
  });

  it('starts it again after a crash; what was under way has failed', async () => {
    const { client, say } = start();
    const before = await say('pid');
    const lost = client.callTool('hang');
    const refused = expect(lost).rejects.toMatchObject({ code: 'interrupted', mayHaveRun: true });
    await expect(client.callTool('crash')).rejects.toMatchObject({ code: 'interrupted' });
    await refused;
    const after = await say('pid');
    expect(after).not.toBe(before);
    expect(exists(Number(before))).toBe(false);
  });

  it('stops by force a server that will not go [STDIO-013]', async () => {
    const { client, say } = start('stubborn', { graceMs: 50 });
    const pid = Number(await say('pid'));
    await client.close();
    expect(exists(pid)).toBe(false);
  });

  it('says so where the server cannot be started, or ends at once', async () => {
    const none = start('', { command: '/does/not/exist' });
    await expect(none.client.callTool('pid', {}, { retries: 0 })).rejects.toMatchObject({ code: 'network' });
    const fails = start('fails');
    await expect(fails.client.callTool('pid', {}, { retries: 0 })).rejects.toMatchObject({
      code: 'interrupted',
    });
  });

  it('does not wait to be started again where its caller has left', async () => {
    const link = stdioLink({ command: process.execPath, args: [SERVER, 'fails'] });
    open.push({ close: async () => link.close?.() });
    const send = (signal?: AbortSignal) =>
      link.send({
        id: 1,
        method: 'ping',
        body: '{"jsonrpc":"2.0","id":1,"method":"ping"}',
        headers: {},
        signal,
        notify: undefined,
      });
    for (let starts = 0; starts < 2; starts += 1)
      await expect(send()).rejects.toMatchObject({ code: 'interrupted' });
    const leaving = new AbortController();
    const call = send(leaving.signal);
    leaving.abort();
    await expect(call).rejects.toMatchObject({ code: 'aborted', mayHaveRun: false });
    // The pause before the third start is not over.
    expect(link.pid).toBeUndefined();
  });

  it('tells the server what is cancelled, and goes on', async () => {
    const { client, say } = start();
    await say('pid');
    const controller = new AbortController();
    const hung = expect(client.callTool('hang', {}, { signal: controller.signal })).rejects.toMatchObject({
      code: 'aborted',
    });
    await say('pid');
    controller.abort();
    await hung;
    expect(await say('cancelled')).toMatch(/^\d+$/);
  });

  it('hands over progress, log messages and what is written to stderr [TRANS-007] [STDIO-008]', async () => {
    const stderr: string[] = [];
    const { say } = start('', { onStderr: (text) => stderr.push(text) });
    const progress: number[] = [];
    const logs: unknown[] = [];
    await say('progress', { onProgress: (report: { progress: number }) => progress.push(report.progress) });
    await say('log', { onLog: (message: { data: unknown }) => logs.push(message.data) });
    expect([progress, logs]).toEqual([[1], ['hello']]);
    expect(stderr.join('')).toBe('ready\n');
  });

  it('is not led astray by noise', async () => {
    const { say, warnings } = start();
    expect(await say('noise')).toBe('after noise');
    expect(warnings).toHaveLength(2);
  });

  it('gives up a server that never ends a line', async () => {
    const { client } = start('', { maxResponseBytes: 1_000_000 });
    await expect(client.callTool('flood')).rejects.toMatchObject({ code: 'invalid-response' });
  });

  it('gives a server no more of its environment than programs need', async () => {
    process.env['SWITCHYARD_TEST_SECRET'] = 'secret';
    try {
      const { say } = start('', { env: { GIVEN: '1' } });
      const names = (await say('env')).split(' ');
      expect(names).toContain('GIVEN');
      expect(names).toContain('PATH');
      expect(names).not.toContain('SWITCHYARD_TEST_SECRET');
    } finally {
      delete process.env['SWITCHYARD_TEST_SECRET'];
    }
  });

  it('listens, and listens again once the server is there again', async () => {
    const { client } = start();
    const subscription = client.listen({ toolsListChanged: true });
    const events = subscription[Symbol.asyncIterator]();
    expect((await events.next()).value).toEqual({ type: 'toolsListChanged' });
    await client.callTool('crash').catch(() => undefined);
    expect((await events.next()).value).toEqual({ type: 'missed' });
    expect((await events.next()).value).toEqual({ type: 'toolsListChanged' });
    await subscription.close();
  });

  it('leaves nothing behind after a thousand starts and crashes', { timeout: 120_000 }, async () => {
    const pids: number[] = [];
    const before = await openFiles();
    let started = 0;
    const startAndCrash = async (): Promise<void> => {
      while (started < STARTS) {
        const turn = started++;
        const mode = turn % 2 === 0 ? 'willing' : 'stubborn';
        const client = createStdioClient({ command: 'sh', args: [SHELL, mode], graceMs: 30 });
        const { content } = await client.callTool('pid');
        const [first] = content;
        pids.push(Number(first?.type === 'text' ? first.text : 0));
        if (turn % 3 === 0) await client.callTool('crash').catch(() => undefined);
        await client.close();
      }
    };
    await Promise.all(Array.from({ length: 16 }, startAndCrash));
    expect(new Set(pids).size).toBeGreaterThan(STARTS / 2);
    expect(pids.filter((pid) => !(pid > 0))).toEqual([]);
    // A zombie is there, too.
    expect(pids.filter(exists)).toEqual([]);
    expect((await openFiles()) - before).toBeLessThan(20);
  });

  it('needs a command', () => {
    expect(() => stdioLink({ command: '' })).toThrow(TypeError);
  });
});

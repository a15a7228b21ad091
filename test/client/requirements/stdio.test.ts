import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SubscriptionEvent } from '@switchyard/client';
import { createStdioClient } from '@switchyard/client/stdio';
import { describe, expect, it, onTestFinished } from 'vitest';
import { until } from '../../support/environment.ts';
import { KEYS } from './recorder.ts';

const ROOTS = [{ uri: 'file:///home' }];
const SERVER = fileURLToPath(new URL('./stdio-recorder.mjs', import.meta.url));

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

function start() {
  const folder = mkdtempSync(join(tmpdir(), 'requirements-'));
  const log = join(folder, 'log');
  const stderr: string[] = [];
  const warnings: string[] = [];
  const onWarning = (text: string) => warnings.push(text);
  const server = { command: process.execPath, args: [SERVER, log], onWarning };
  const client = createStdioClient(
    { ...server, onStderr: (text) => stderr.push(text) },
    { onWarning, timeouts: { retries: 0 }, handlers: { listRoots: () => ({ roots: ROOTS }) } },
  );
  onTestFinished(async () => {
    await client.close();
    rmSync(folder, { recursive: true });
  });
  const events = (): readonly Record<string, unknown>[] =>
    (existsSync(log) ? readFileSync(log, 'utf8') : '')
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  const read = () => events().flatMap((event) => (typeof event['read'] === 'string' ? [event['read']] : []));
  const messages = (): readonly Message[] =>
    read()
      .join('')
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  return { client, stderr, warnings, events, messages, text: () => read().join('') };
}

describe('over stdio', () => {
  it('requests, input rounds and subscriptions all work [BASE-052] [TRANS-007]', async () => {
    const { client } = start();
    expect((await client.callTool('echo', { x: 1 })).structuredContent).toEqual({ x: 1 });
    expect((await client.callTool('round')).structuredContent).toEqual({ r: { roots: ROOTS } });
    const subscription = client.listen({ toolsListChanged: true });
    await subscription.ready;
    const events = subscription[Symbol.asyncIterator]();
    await client.callTool('news');
    expect((await events.next()).value).toEqual({ type: 'toolsListChanged' });
  });

  it('server/discover comes first, with the version that is preferred [VER-010] [STDIO-015] [DISC-004]', async () => {
    const { client, messages } = start();
    await Promise.all([client.callTool('pid'), client.callTool('echo')]);
    expect(messages().map(({ method }) => method)).toEqual(['server/discover', 'tools/call', 'tools/call']);
    expect(messages()[0]?.params?.['_meta']).toMatchObject({ [KEYS.version]: '2026-07-28' });
  });

  it('nothing but messages is written, one on a line [STDIO-007] [STDIO-009]', async () => {
    const { client, messages, text } = start();
    const args = { text: 'a\nb\r\nc\u2028d\u2029e', deep: { ['key\n']: ['\n'] } };
    expect((await client.callTool('echo', args)).structuredContent).toEqual(args);
    await client.close();
    expect(text().endsWith('\n')).toBe(true);
    expect(text()).not.toContain('\r');
    for (const message of messages())
      expect(message).toMatchObject({ jsonrpc: '2.0', method: expect.any(String) });
    expect(messages()).toHaveLength(2);
  });

  it('no response is written, not even to requests of the server [STDIO-010]', async () => {
    const { client, messages, warnings } = start();
    await client.callTool('ask');
    await client.callTool('pid');
    for (const message of messages()) {
      expect(message).not.toHaveProperty('result');
      expect(message).not.toHaveProperty('error');
    }
    expect(warnings).toHaveLength(3);
  });

  it('what a server writes to stderr is handed on, and fails nothing [STDIO-008]', async () => {
    const { client, stderr } = start();
    expect(await client.callTool('shout')).toMatchObject({ content: [] });
    await until(() => stderr.join('').includes('FATAL'));
    expect(await client.callTool('pid')).toMatchObject({ content: [] });
  });

  it('one process serves everything, until the client is closed [BASE-060]', async () => {
    const { client, events } = start();
    const pid = async () => (await client.callTool('pid')).structuredContent;
    const together = await Promise.all([pid(), pid(), pid()]);
    expect(new Set([...together, await pid()]).size).toBe(1);
    expect(events().filter((event) => 'started' in event)).toHaveLength(1);
  });

  it('a server is ended by closing its input, not by force where it goes [STDIO-013]', async () => {
    const { client, events } = start();
    await client.callTool('pid');
    await client.close();
    expect(events().at(-1)).toEqual({ ended: true });
    expect(events().filter((event) => 'signal' in event)).toEqual([]);
  });

  it('a server that has ended is started again, and subscriptions are sent again [STDIO-014] [SUB-007]', async () => {
    const { client, messages, events: log } = start();
    const subscription = client.listen({ toolsListChanged: true });
    expect(await subscription.ready).toBe('open');
    await expect(client.callTool('crash')).rejects.toMatchObject({ code: 'interrupted' });
    const events = subscription[Symbol.asyncIterator]();
    expect((await events.next()).value).toEqual({ type: 'missed' });
    expect(messages().filter(({ method }) => method === 'subscriptions/listen')).toHaveLength(2);
    expect(await client.callTool('pid')).toMatchObject({ content: [] });
    expect(log().filter((event) => 'started' in event)).toHaveLength(2);
    await subscription.close();
  });

  it('each subscription hears what names it, and nothing else [STDIO-011] [SUB-006]', async () => {
    const { client } = start();
    const tools = client.listen({ toolsListChanged: true });
    const prompts = client.listen({ promptsListChanged: true });
    await Promise.all([tools.ready, prompts.ready]);
    const heard: [string, SubscriptionEvent][] = [];
    tools.on('event', (event) => heard.push(['tools', event]));
    prompts.on('event', (event) => heard.push(['prompts', event]));
    await client.callTool('news');
    expect(heard).toEqual([
      ['tools', { type: 'toolsListChanged' }],
      ['prompts', { type: 'promptsListChanged' }],
    ]);
  });

  it('a request is cancelled by its id, with a reason, once, and only while it is open [STDIO-012] [CANCEL-016] [CANCEL-017] [CANCEL-022] [CANCEL-025]', async () => {
    const { client, messages } = start();
    const done = new AbortController();
    await client.callTool('pid', {}, { signal: done.signal });
    done.abort();
    const controller = new AbortController();
    const hung = expect(client.callTool('hang', {}, { signal: controller.signal })).rejects.toMatchObject({
      code: 'aborted',
    });
    await until(() => messages().some(({ params }) => params?.['name'] === 'hang'));
    controller.abort();
    controller.abort();
    await hung;
    await client.callTool('pid');
    const hanging = messages().find(({ params }) => params?.['name'] === 'hang');
    expect(messages().filter(({ method }) => method === 'notifications/cancelled')).toEqual([
      {
        jsonrpc: '2.0',
        method: 'notifications/cancelled',
        params: { requestId: hanging?.id, reason: expect.stringMatching(/\S/) },
      },
    ]);
  });

  it('a response after the cancellation is ignored, and does no harm [CANCEL-023] [CANCEL-024]', async () => {
    const { client, messages, warnings } = start();
    const controller = new AbortController();
    const hung = expect(client.callTool('hang', {}, { signal: controller.signal })).rejects.toMatchObject({
      code: 'aborted',
    });
    await until(() => messages().some(({ params }) => params?.['name'] === 'hang'));
    controller.abort();
    await hung;
    expect((await client.callTool('late')).structuredContent).toBeUndefined();
    expect((await client.callTool('echo', { x: 1 })).structuredContent).toEqual({ x: 1 });
    expect(warnings).toEqual([]);
  });

  it('a cancellation by the server ends a subscription, and says why; any other is ignored [CANCEL-025] [CANCEL-027]', async () => {
    const { client } = start();
    const subscription = client.listen({ promptsListChanged: true });
    await subscription.ready;
    expect(await client.callTool('cancel')).toMatchObject({ content: [] });
    expect(subscription.status).toBe('open');
    const ends: unknown[] = [];
    subscription.on('status', (status, error) => ends.push([status, error]));
    await client.callTool('teardown');
    await until(() => ends.length > 0);
    expect(ends[0]).toEqual(['waiting', expect.objectContaining({ data: { reason: 'Maintenance' } })]);
  });
});

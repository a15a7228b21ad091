import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { RawClientDispatch } from '@modelcontextprotocol/ext-tasks/client';
import {
  createApplicationInputHandler,
  createTaskSessionFromClient,
  resultFromTaskOutcome,
  TaskFailedError,
} from '@modelcontextprotocol/ext-tasks/client';
import { createClient } from '@switchyard/client';
import { tasks as clientTasks } from '@switchyard/client/tasks';
import { memoryBus, ProtocolError } from '@switchyard/server';
import type { Listening } from '@switchyard/server/node';
import { serve } from '@switchyard/server/node';
import { memoryTaskStore, runsAsTask, taskOf } from '@switchyard/tasks';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FakeEnvironment } from '../support/environment.ts';
import { KEYS } from '../support/matrix.ts';
import type { Message } from '../support/messages.ts';
import { headersOf } from '../support/messages.ts';
import { addAsking, TASKS, withTasks } from '../tasks/on-server.ts';

const FRAMING = {
  protocolVersion: '2026-07-28',
  clientInfo: { name: 'ext-tasks', version: '0.2.2' },
  clientCapabilities: { elicitation: { form: {} }, extensions: { [TASKS]: {} } },
};

let listening: Listening;
let client: Client;
let prompts: string[];

beforeEach(async () => {
  const quick = { pollIntervalMs: 10 };
  const build = withTasks(
    (server) => {
      addAsking(server);
      server.registerTool('steps', runsAsTask(quick), async (ctx) => {
        const task = taskOf(ctx);
        const parts = [await task.step('one', () => 1), await task.step('two', () => 2)];
        return parts.join();
      });
      server.registerTool('plain', {}, () => 'at once');
      server.registerTool('broken', runsAsTask(quick), () => {
        throw new ProtocolError(4711, 'Not here.');
      });
    },
    { store: memoryTaskStore() },
  );
  const environment = new FakeEnvironment();
  listening = await serve(build({ environment, bus: memoryBus(), requestState: { keys: KEYS } }), {
    port: 0,
  });
  client = new Client({ name: 'official', version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } });
  await client.connect(new StreamableHTTPClientTransport(new URL(listening.url)));
  prompts = [];
});

afterEach(async () => {
  await client.close();
  await listening.close({ timeoutMs: 100 });
});

/** What a host has to bring: a way to send requests of its own. */
const rawDispatch: RawClientDispatch = async (request, options) => {
  // It sends JSON-RPC requests.
  const message = { jsonrpc: '2.0', id: 1, ...(request as Message) };
  const headers = headersOf(message) as Record<string, string>;
  const signal = options?.signal === undefined ? {} : { signal: options.signal };
  const response = await fetch(listening.url, {
    method: 'POST',
    headers,
    body: JSON.stringify(message),
    ...signal,
  });
  const answer: Message = await response.json();
  // What the server answers is JSON, and an error has a code and a message.
  const outcome =
    answer.error === undefined
      ? { kind: 'result', result: answer.result }
      : { kind: 'error', error: answer.error };
  return outcome as Awaited<ReturnType<RawClientDispatch>>;
};

function session() {
  const onInputRequest = createApplicationInputHandler({
    elicitation: ({ params }) => {
      prompts.push(String(params['message']));
      return { action: 'accept', content: { text: 'four' } };
    },
    sampling: () => {
      throw new Error('Nobody samples here.');
    },
    roots: () => ({ roots: [] }),
  });
  return createTaskSessionFromClient(client, {
    endpointId: 'here',
    rawDispatch,
    v2RequestFraming: FRAMING,
    onInputRequest,
  });
}

test('ext-tasks 0.2.2 takes results at once, and results of tasks', async () => {
  const calls = session();
  const kinds: string[] = [];
  for (const [name, text] of [
    ['plain', 'at once'],
    ['steps', '1,2'],
  ] as const) {
    const execution = await calls.callTool(name);
    kinds.push(execution.kind);
    const { outcome } = await execution.settle();
    expect(resultFromTaskOutcome(outcome)).toMatchObject({ content: [{ text }] });
  }
  expect(kinds).toEqual(['immediate', 'task']);
  await calls.close();
});

test('ext-tasks 0.2.2 answers what a task asks, once', async () => {
  const calls = session();
  const execution = await calls.callTool('ask');
  const { outcome } = await execution.settle();
  expect(resultFromTaskOutcome(outcome)).toMatchObject({ content: [{ text: 'four has 4 characters' }] });
  expect(prompts).toEqual(['Which text?']);
  await calls.close();
});

test('ext-tasks 0.2.2 reports what failed, and cancels', async () => {
  const calls = session();
  const broken = await calls.callTool('broken');
  const { outcome } = await broken.settle();
  expect(() => resultFromTaskOutcome(outcome)).toThrow(TaskFailedError);
  await calls.close();
});

test('our own client gives the result of a task, and answers what it asks', async () => {
  const own = createClient({
    url: listening.url,
    extensions: [clientTasks()],
    handlers: {
      elicit: ({ message }) => {
        prompts.push(message);
        return { action: 'accept', content: { text: 'four' } };
      },
    },
  });
  expect(await own.callTool('ask')).toMatchObject({ content: [{ text: 'four has 4 characters' }] });
  expect(await own.callTool('steps')).toMatchObject({ content: [{ text: '1,2' }] });
  await expect(own.callTool('broken')).rejects.toMatchObject({ code: 4711 });
  expect(prompts).toEqual(['Which text?']);
  await own.close();
});

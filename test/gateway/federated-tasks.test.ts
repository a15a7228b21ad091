import { createServer } from '@switchyard/server';
import { serve } from '@switchyard/server/node';
import { memoryTaskStore, runsAsTask, tasks } from '@switchyard/tasks';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Ask, ask } from '../../packages/gateway/test/federation.ts';
import { startGateway } from '../../packages/gateway/test/support.ts';

const EXTENSION = 'io.modelcontextprotocol/tasks';
const DECLARED = { extensions: { [EXTENSION]: {} } };

type Params = Readonly<Record<string, unknown>>;

/** The URL of a server with tasks and one tool, which runs as one. */
async function taskServer(): Promise<string> {
  const server = createServer({ name: 'tasks', version: '1.0.0' });
  server.registerExtension(tasks({ store: memoryTaskStore() }));
  server.registerTool('long', runsAsTask(), () => 'done');
  const listening = await serve(server, { port: 0, host: '127.0.0.1' });
  onTestFinished(async () => void (await listening.close()));
  return listening.url;
}

const federating = (url: string) => ({
  listen: { port: 0 },
  federation: {},
  servers: { a: { prefix: '', replicas: [url] } },
});

/** What a program can tell a refusal by. */
async function refusal(base: string, method: string, params: Params, options: Ask) {
  const { status, json } = await ask(base, method, params, options);
  return { method, status, code: json.error?.code, data: json.error?.data };
}

type Request = readonly [method: string, params: Params, options: Ask];

/** Every combination of what may be wrong with a request about a task that does not exist. */
function* requests(): Generator<Request> {
  const methods = ['tasks/get', 'tasks/update', 'tasks/cancel', 'tasks/result', 'tasks/list'];
  const headers = [{}, { 'mcp-name': 'x' }, { 'mcp-name': 'y' }, { 'mcp-method': 'tools/list' }];
  const envelopes = [undefined, { extensions: {} }, DECLARED, { extensions: 7 }];
  const ids = [{ taskId: 'x' }, { taskId: 7 }, {}];
  const answers = [{ inputResponses: {} }, { inputResponses: [] }, {}];
  for (const method of methods)
    for (const header of headers)
      for (const capabilities of envelopes)
        for (const id of ids)
          for (const more of method === 'tasks/update' ? answers : [{}])
            yield [method, { ...id, ...more }, { headers: header, ...(capabilities && { capabilities }) }];
}

/** The same for a filter. */
function* filters(): Generator<Request> {
  for (const capabilities of [{}, DECLARED])
    for (const tasks of [{}, { taskIds: [] }, { taskIds: ['x'] }, { taskIds: 7 }])
      for (const fault of [{ toolsListChanged: 1 }, { resourceSubscriptions: 7 }])
        for (const accept of ['application/json', 'application/json, text/event-stream'])
          yield [
            'subscriptions/listen',
            { notifications: { ...tasks, ...fault } },
            { capabilities, headers: { accept } },
          ];
  for (const [tasks, capabilities] of [
    [{}, {}],
    [{ taskIds: [] }, {}],
    [{ taskIds: ['x'] }, DECLARED],
  ])
    yield [
      'subscriptions/listen',
      { notifications: { ...tasks } },
      { capabilities: { ...capabilities }, headers: { accept: 'application/json' } },
    ];
}

describe('a federation with tasks', () => {
  it('refuses whatever its server refuses, for the same reason [TASK-22] [TASK-33]', async () => {
    const direct = await taskServer();
    const { url } = await startGateway(federating(direct));
    for (const request of [...requests(), ...filters()])
      expect(await refusal(url, ...request), JSON.stringify(request)).toEqual(
        await refusal(new URL(direct).origin, ...request),
      );
  });

  it('answers for a task that its server no longer has as for one that never was', async () => {
    const { url, gateway } = await startGateway(federating(await taskServer()));
    const options = { capabilities: DECLARED };
    const { taskId } = (await ask(url, 'tools/call', { name: 'long' }, options)).json.result;
    const tell = async (method: string, id: string) => {
      const { status, text } = await ask(url, method, { taskId: id, inputResponses: {} }, options);
      return [status, text];
    };
    expect((await tell('tasks/get', taskId))[1]).toContain('"result"');
    gateway.reload(federating(await taskServer()));
    for (const method of ['tasks/get', 'tasks/update', 'tasks/cancel'])
      expect(await tell(method, taskId)).toEqual(await tell(method, 'a~x'));
  });
});

import {
  CancelTaskRequestV2Schema,
  CreateTaskResultV2Schema,
  GetTaskRequestV2Schema,
  GetTaskResultV2Schema,
  UpdateTaskRequestV2Schema,
} from '@modelcontextprotocol/ext-tasks/core/v2';
import type { ClientOptions } from '@switchyard/client';
import { createClient } from '@switchyard/client';
import type { TasksOptions } from '@switchyard/client/tasks';
import { tasks } from '@switchyard/client/tasks';
import { expect } from 'vitest';
import type { Received, Script } from '../scripted.ts';
import { Answered, FakeClock, scripted } from '../scripted.ts';

export type Json = Readonly<Record<string, unknown>>;

export const ID = 'task-1';
export const DONE = { status: 'completed', result: { content: [{ type: 'text', text: 'done' }] } };
export const WORKING = { status: 'working' };
export const form = (message = 'Who?') => ({
  method: 'elicitation/create',
  params: {
    mode: 'form',
    message,
    requestedSchema: { type: 'object', properties: { name: { type: 'string' } } },
  },
});
/** The answer to a form, as it goes out. */
export const accepted = (name: string) => ({ action: 'accept', content: { name } });
export const asking = (inputRequests: Json) => ({ status: 'input_required', inputRequests });

const AT = '2026-07-28T00:00:00.000Z';
const base = { taskId: ID, createdAt: AT, lastUpdatedAt: AT, ttlMs: null };

/** What the server says of its task now: the same for every question, or by how often it was asked. */
export type Say =
  | Json
  | Error
  | ((turn: number, count: (method: string) => number) => Json | Error | Promise<Json | Error>);

export interface ServerSetup {
  /** What a call becomes. @default a task that is worked on */
  readonly created?: Json | ((turn: number) => Json);
  readonly get?: Say;
  readonly update?: Say;
  readonly cancel?: Say;
  /** Answers `subscriptions/listen`. @default there is none */
  readonly listen?: (received: Received) => Promise<Json>;
  readonly tools?: readonly Json[];
}

/** A server with one task, held to the schemas of `ext-tasks` in both directions. */
export function taskServer(
  setup: ServerSetup,
  options: Partial<ClientOptions> = {},
  more: TasksOptions = {},
) {
  const environment = new FakeClock();
  environment.chance = 0.5;
  const counts = new Map<string, number>();
  const script: Script = async (received) => {
    const { method } = received;
    const turn = (counts.get(method) ?? 0) + 1;
    counts.set(method, turn);
    if (method === 'tools/list') return { tools: setup.tools ?? [], ttlMs: 0, cacheScope: 'private' };
    if (method === 'tools/call') {
      const created = typeof setup.created === 'function' ? setup.created(turn) : setup.created;
      if (created?.['resultType'] === 'complete' || created?.['resultType'] === 'input_required')
        return created;
      const result = { resultType: 'task', ...base, status: 'working', ...created };
      return created?.['resultType'] === undefined ? CreateTaskResultV2Schema.parse(result) : result;
    }
    if (method === 'subscriptions/listen') {
      if (setup.listen === undefined) throw new Answered(-32601, { status: 404 });
      return setup.listen(received);
    }
    return answerTo(received, { turn, count: (of) => counts.get(of) ?? 0 }, setup);
  };
  const server = scripted(script);
  const extension = tasks(more);
  const client = createClient({ link: server.link, environment, extensions: [extension], ...options });
  return {
    ...server,
    client,
    extension,
    environment,
    /** The requests for a method, as they came. */
    sent: (method: string) => server.received.filter((one) => one.method === method),
    /** Lets time pass until something has come of a promise. */
    async settled<T>(promise: Promise<T>, stepMs = 500): Promise<T> {
      let over = false;
      const done = promise.finally(() => {
        over = true;
      });
      done.catch(() => undefined);
      while (!over) await environment.pass(stepMs);
      return done;
    },
  };
}

/** The answers that a server got, in order. */
export function answers(server: ReturnType<typeof taskServer>): unknown[] {
  return server.sent('tasks/update').map(({ params }) => params['inputResponses']);
}

/** What a server tells of its task on a stream. */
export function detailed(state: Json, at = AT): Json {
  return { ...base, ...state, lastUpdatedAt: at };
}

async function answerTo(
  received: Received,
  { turn, count }: { readonly turn: number; readonly count: (method: string) => number },
  setup: ServerSetup,
): Promise<Json> {
  const { method, wire } = received;
  const [schema, say] =
    method === 'tasks/get'
      ? [GetTaskRequestV2Schema, setup.get ?? WORKING]
      : method === 'tasks/update'
        ? [UpdateTaskRequestV2Schema, setup.update ?? {}]
        : [CancelTaskRequestV2Schema, setup.cancel ?? {}];
  schema.parse(JSON.parse(wire.body));
  expect(wire.headers).toMatchObject({ 'mcp-method': method, 'mcp-name': ID });
  const said = typeof say === 'function' ? await say(turn, count) : say;
  if (said instanceof Error) throw said;
  if (method !== 'tasks/get') return { ...said };
  const result = { resultType: 'complete', ...base, ...said };
  return 'odd' in said ? result : { ...GetTaskResultV2Schema.parse(result), ...said };
}

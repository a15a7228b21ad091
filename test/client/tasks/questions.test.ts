import type { InputHandlers } from '@switchyard/client';
import type { TaskHandle } from '@switchyard/client/tasks';
import { isTask } from '@switchyard/client/tasks';
import { describe, expect, it } from 'vitest';
import { Answered } from '../scripted.ts';
import {
  accepted,
  answers,
  asking,
  DONE,
  form,
  ID,
  type Json,
  type Say,
  taskServer,
  WORKING,
} from './task-server.ts';

/** Answers with the message of the question, and notes it. */
function noting(asked: string[] = []): { readonly asked: string[]; readonly handlers: InputHandlers } {
  return {
    asked,
    handlers: {
      elicit: ({ message }) => {
        asked.push(message);
        return { action: 'accept', content: { name: message } };
      },
    },
  };
}

/** Asks until so many answers have come. */
const until =
  (count: number, open: Json): Say =>
  (_, counted) =>
    counted('tasks/update') < count ? open : DONE;

const sampling = {
  method: 'sampling/createMessage',
  params: { messages: [{ role: 'user', content: { type: 'text', text: 'hi' } }], maxTokens: 5 },
};

describe('the questions of a task', () => {
  it('are asked once and answered once, however often they are shown [TASK-13] [TASK-15]', async () => {
    const { asked, handlers } = noting();
    const both = asking({ a: form('First?'), b: form('Second?') });
    let again = 4;
    const get: Say = (_, count) => (count('tasks/update') < 2 || again-- > 0 ? both : DONE);
    const server = taskServer({ get }, { handlers });
    await server.settled(server.client.callTool('slow'));
    expect(asked).toEqual(['First?', 'Second?']);
    expect(answers(server)).toEqual([{ a: accepted('First?') }, { b: accepted('Second?') }]);
    expect(server.sent('tasks/get').length).toBeGreaterThan(4);
  });

  it('may come one after another, and be answered days later', async () => {
    const { asked, handlers } = noting();
    let pauses = 0;
    const get: Say = (_, count) => {
      if (count('tasks/update') === 0) return asking({ a: form('1?') });
      if (count('tasks/update') === 2) return DONE;
      pauses += 1;
      return pauses % 3 === 0 ? asking({ b: form('2?') }) : pauses % 3 === 1 ? WORKING : asking({});
    };
    const server = taskServer({ get }, { handlers });
    await server.settled(server.client.callTool('slow'));
    expect(asked).toEqual(['1?', '2?']);
  });

  it('are treated as those of calls are: filled in, held to their schema, with the same handlers [TASK-14]', async () => {
    const seen: unknown[] = [];
    const request = form();
    const requestedSchema = { type: 'object', properties: { name: { type: 'string', default: 'Ann' } } };
    const withDefault = { ...request, params: { ...request.params, requestedSchema } };
    const url = {
      method: 'elicitation/create',
      params: { mode: 'url', message: 'Go', url: 'http://xn--80ak6aa92e.example/' },
    };
    const questions = { a: withDefault, b: url, c: sampling, d: { method: 'roots/list' } };
    const server = taskServer(
      { get: until(4, asking(questions)) },
      {
        capabilities: { elicitation: { url: {} } },
        handlers: {
          elicit: (question, { address, method, name }) => {
            seen.push([question.defaults, address, method, name]);
            return { action: 'accept' };
          },
          elicitUrl: ({ warnings }) => {
            seen.push(warnings);
            return { action: 'decline' };
          },
          sample: () => ({ role: 'assistant', model: 'm', content: { type: 'text', text: 'ho' } }),
          listRoots: () => ({ roots: [{ uri: 'file:///home' }] }),
        },
      },
    );
    await server.settled(server.client.callTool('slow'));
    expect(seen).toEqual([
      [{ name: 'Ann' }, 'http://scripted/mcp', 'tools/call', 'slow'],
      ['not-https', 'punycode'],
    ]);
    expect(answers(server)).toEqual([
      { a: accepted('Ann') },
      { b: { action: 'decline' } },
      { c: { role: 'assistant', model: 'm', content: { type: 'text', text: 'ho' } } },
      { d: { roots: [{ uri: 'file:///home' }] } },
    ]);
  });

  it('of a page that is none, or with tools nobody offers, get no answer [TASK-14]', async () => {
    const script = {
      method: 'elicitation/create',
      params: { mode: 'url', message: 'Go', url: 'javascript:alert(1)' },
    };
    const elicitUrl = () => ({ action: 'accept' as const });
    const bad = taskServer({ get: until(1, asking({ a: script })) }, { handlers: { elicitUrl } });
    await bad.settled(bad.client.callTool('slow'));
    expect(answers(bad)).toEqual([{ a: { action: 'cancel' } }]);
    const tools = { ...sampling, params: { ...sampling.params, tools: [] } };
    const sample = () => ({
      role: 'assistant' as const,
      model: 'm',
      content: { type: 'text' as const, text: '' },
    });
    const other = taskServer({ get: asking({ a: tools }) }, { handlers: { sample } });
    await expect(other.settled(other.client.callTool('slow'))).rejects.toMatchObject({
      code: 'input-unsupported',
    });
    expect(answers(other)).toEqual([]);
  });

  it('are answered by handlers of one task in place of those of all, where there are such', async () => {
    const all = noting();
    const own = noting();
    const server = taskServer({ get: until(1, asking({ a: form('Own?') })) }, { handlers: all.handlers });
    const handle = await server.extension.start('slow', {}, { handlers: own.handlers });
    if (!isTask(handle)) throw new Error('It is no task.');
    await server.settled(handle.result());
    const again = taskServer({ get: until(1, asking({ a: form('Again?') })) }, { handlers: all.handlers });
    const { extension } = again;
    await again.settled(extension.resume({ taskId: ID, name: 'slow' }, { handlers: own.handlers }).result());
    expect([all.asked, own.asked]).toEqual([[], ['Own?', 'Again?']]);
  });

  it('are cancelled where a handler fails, and somebody is told', async () => {
    const warnings: string[] = [];
    const server = taskServer(
      { get: until(1, asking({ a: form() })) },
      {
        onWarning: (text) => warnings.push(text),
        handlers: {
          elicit: () => {
            throw new Error('no window');
          },
        },
      },
    );
    await server.settled(server.client.callTool('slow'));
    expect(answers(server)).toEqual([{ a: { action: 'cancel' } }]);
    expect(warnings.join()).toContain('no window');
  });

  it('fail the call where the model that is to answer fails', async () => {
    const server = taskServer(
      { get: asking({ a: sampling }) },
      { handlers: { sample: () => Promise.reject(new Error('no model')) } },
    );
    await expect(server.settled(server.client.callTool('slow'))).rejects.toThrow('no model');
    expect(answers(server)).toEqual([]);
  });

  it('fail the call where a key comes back with another question', async () => {
    const { handlers, asked } = noting();
    const server = taskServer(
      {
        get: (_, count) => asking({ a: form(count('tasks/update') === 0 ? 'Your name?' : 'Your password?') }),
      },
      { handlers },
    );
    await expect(server.settled(server.client.callTool('slow'))).rejects.toMatchObject({
      code: 'invalid-response',
    });
    expect(asked).toEqual(['Your name?']);
  });

  it('are the same whatever the order of their members', async () => {
    const { handlers, asked } = noting();
    const { method, params } = form();
    const turned = { params: Object.fromEntries(Object.entries(params).reverse()), method };
    const server = taskServer(
      {
        get: (turn, count) =>
          count('tasks/update') > 0 && turn > 5 ? DONE : asking({ a: turn % 2 === 1 ? form() : turned }),
      },
      { handlers },
    );
    await server.settled(server.client.callTool('slow'));
    expect(asked).toHaveLength(1);
  });

  it('are not without end', async () => {
    const { handlers, asked } = noting();
    const server = taskServer(
      { get: (turn) => asking({ [`q${turn}`]: form(`${turn}?`) }) },
      { handlers },
      { maxInputs: 5 },
    );
    await expect(server.settled(server.client.callTool('slow'))).rejects.toMatchObject({
      code: 'too-many-rounds',
    });
    expect(asked).toHaveLength(5);
  });

  it('are answered again, without asking again, where the server did not take an answer [TASK-13]', async () => {
    const { handlers, asked } = noting();
    const server = taskServer(
      {
        get: until(3, asking({ a: form() })),
        update: (turn) => (turn < 3 ? new Answered(-32603, { status: 503 }) : {}),
      },
      { handlers, timeouts: { retries: 0 } },
    );
    await server.settled(server.client.callTool('slow'));
    expect(asked).toHaveLength(1);
    expect(answers(server)).toEqual(Array(3).fill({ a: accepted('Who?') }));
  });

  it('fail the call where the server refuses an answer', async () => {
    const { handlers } = noting();
    const server = taskServer({ get: asking({ a: form() }), update: new Answered(-32602) }, { handlers });
    await expect(server.settled(server.client.callTool('slow'))).rejects.toMatchObject({ code: -32602 });
  });

  it('before the task and within it have nothing to do with each other', async () => {
    const { handlers, asked } = noting();
    const rounds = { resultType: 'input_required', inputRequests: { a: form('Round?') }, requestState: 's' };
    const server = taskServer(
      { created: (turn) => (turn === 1 ? rounds : {}), get: until(1, asking({ a: form('Task?') })) },
      { handlers },
    );
    await server.settled(server.client.callTool('slow'));
    expect(asked.at(0)).toBe('Round?');
    expect(asked.at(-1)).toBe('Task?');
    expect(server.sent('tasks/update')).toHaveLength(1);
  });
});

describe('a task that another process takes up', () => {
  const twoQuestions: Say = asking({ a: form('A?'), b: form('B?') });
  const twoTimes: Say = (turn) => (turn < 4 ? asking({ a: form('A?'), b: form('B?') }) : DONE);

  it('asks nothing again, and gives the same result [TASK-40] [TASK-24]', async () => {
    const first = noting();
    const one = taskServer({ get: twoQuestions }, { handlers: first.handlers });
    const handle = await started(one);
    const lost = handle.result();
    lost.catch(() => undefined);
    await one.environment.pass(1_500);
    await expect.poll(() => one.sent('tasks/update').length).toBe(2);
    await one.environment.pass(0);
    const text = handle.serialize();
    await one.client.close();
    await expect(lost).rejects.toMatchObject({ code: 'closed' });

    const second = noting();
    const two = taskServer({ get: twoTimes }, { handlers: second.handlers });
    const result = await two.settled(two.extension.resume(text).result());
    expect(result.content).toEqual(DONE.result.content);
    expect([first.asked, second.asked]).toEqual([['A?', 'B?'], []]);
    expect(two.sent('tasks/call')).toEqual([]);
    expect(two.sent('tasks/update')).toEqual([]);
  });

  it('delivers an answer that the first could not', async () => {
    const first = noting();
    const broken = new Answered(-32603, { status: 503 });
    const one = taskServer(
      { get: asking({ a: form('A?') }), update: broken },
      { handlers: first.handlers, timeouts: { retries: 0 } },
    );
    const handle = await started(one);
    handle.result().catch(() => undefined);
    await one.environment.pass(1_500);
    await expect.poll(() => one.sent('tasks/update').length).toBeGreaterThan(0);
    await one.environment.pass(0);
    const text = handle.serialize();
    await one.client.close();

    const second = noting();
    const two = taskServer({ get: until(1, asking({ a: form('A?') })) }, { handlers: second.handlers });
    await two.settled(two.extension.resume(text).result());
    expect(second.asked).toEqual([]);
    expect(answers(two)).toEqual([{ a: accepted('A?') }]);
  });

  it('asks again what nobody had answered when the first ended', async () => {
    const waiting: InputHandlers = { elicit: () => new Promise(() => undefined) };
    const one = taskServer({ get: asking({ a: form('A?') }) }, { handlers: waiting });
    const handle = await started(one);
    handle.result().catch(() => undefined);
    await one.environment.pass(1_500);
    const text = handle.serialize();
    expect(JSON.parse(text).keys).toEqual({});
    await one.client.close();
    const second = noting();
    const two = taskServer({ get: until(1, asking({ a: form('A?') })) }, { handlers: second.handlers });
    await two.settled(two.extension.resume(text).result());
    expect(second.asked).toEqual(['A?']);
  });

  it('is one of this server, written by serialize', async () => {
    const server = taskServer({});
    const text = (await started(server)).serialize();
    const reference = JSON.parse(text);
    const elsewhere = JSON.stringify({ ...reference, address: 'http://elsewhere/mcp' });
    expect(() => server.extension.resume(elsewhere)).toThrow(
      expect.objectContaining({ code: 'wrong-server' }),
    );
    for (const wrong of [
      '',
      'null',
      '[]',
      '{}',
      JSON.stringify({ ...reference, format: 'other' }),
      JSON.stringify({ ...reference, taskId: '' }),
      JSON.stringify({ ...reference, keys: [] }),
      JSON.stringify({ ...reference, keys: { a: 'x' } }),
      JSON.stringify({ ...reference, keys: { a: { fingerprint: 'f', answer: 'yes' } } }),
    ])
      expect(() => server.extension.resume(wrong), wrong).toThrow(TypeError);
    expect(server.extension.resume(text).taskId).toBe(ID);
  });

  it('is asked for at once, and by the headers that are given', async () => {
    const server = taskServer({ get: DONE });
    const text = (await started(server)).serialize();
    const handle = server.extension.resume(text, { headers: { authorization: 'Bearer x' } });
    expect([handle.status, handle.state]).toEqual([undefined, undefined]);
    await handle.result();
    expect(server.sent('tasks/get').map(({ wire }) => wire.headers['authorization'])).toEqual(['Bearer x']);
  });
});

/** A task that was handed out. */
async function started({ extension }: ReturnType<typeof taskServer>): Promise<TaskHandle> {
  const handle = await extension.start('slow');
  if (!isTask(handle)) throw new Error('It is no task.');
  return handle;
}

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Answered } from '../scripted.ts';
import { asking, DONE, form, type Json, taskServer, WORKING } from './task-server.ts';

const KEYS = ['a', 'b', 'c', 'd'] as const;
const outage = new Answered(-32603, { status: 503 });

/** What a server may say, in any order, before it comes to an end. */
const step = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Json | Error>(WORKING) },
  {
    weight: 5,
    arbitrary: fc
      .subarray([...KEYS])
      .map((keys): Json => asking(Object.fromEntries(keys.map((key) => [key, form(`${key}?`)])))),
  },
  { weight: 2, arbitrary: fc.constant<Json | Error>(outage) },
);
const end = fc.constantFrom<Json>(
  DONE,
  { status: 'cancelled' },
  { status: 'failed', error: { code: -32050, message: 'broken' } },
);
const history = fc.record({
  steps: fc.array(step, { maxLength: 12 }),
  end,
  /** Whether the server takes an answer, by how many have come. */
  takes: fc.array(fc.boolean(), { maxLength: 6 }),
  /** Whether a handler fails, by how many questions were asked. */
  fails: fc.array(fc.boolean(), { maxLength: 4 }),
  pollIntervalMs: fc.option(fc.integer({ min: 0, max: 400_000 }), { nil: undefined }),
});

it('whatever a server says, nothing is asked twice, no answer changes, and every call comes to its end [TASK-13]', {
  timeout: 60_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(history, async ({ steps, end, takes, fails, pollIntervalMs }) => {
      const asked: string[] = [];
      const server = taskServer(
        {
          get: (turn) => {
            const said = steps[turn - 1] ?? end;
            return said instanceof Error || pollIntervalMs === undefined ? said : { ...said, pollIntervalMs };
          },
          update: (turn) => (takes[turn - 1] === false ? outage : {}),
        },
        {
          timeouts: { retries: 0 },
          handlers: {
            elicit: ({ message }) => {
              asked.push(message);
              if (fails[asked.length - 1] === true) throw new Error('no window');
              return { action: 'accept', content: { name: message } };
            },
          },
        },
        { maxOutageMs: Number.POSITIVE_INFINITY },
      );
      const call = server.client.callTool('slow').then(
        () => 'completed',
        ({ code }) => (code === -32050 ? 'failed' : code === 'task-cancelled' ? 'cancelled' : String(code)),
      );
      expect(await server.settled(call, 50_000)).toBe(end['status']);
      expect(new Set(asked).size).toBe(asked.length);
      expect(server.sent('tasks/get')).toHaveLength(steps.length + 1);
      const answers = new Map<string, string>();
      for (const { params } of server.sent('tasks/update')) {
        for (const [key, answer] of Object.entries(Object(params['inputResponses']))) {
          const text = JSON.stringify(answer);
          expect(answers.get(key) ?? text).toBe(text);
          expect(asked).toContain(`${key}?`);
          answers.set(key, text);
        }
      }
      await server.environment.pass(0);
      expect(server.environment.timers).toBe(0);
    }),
    { numRuns: 150 },
  );
});

import type { TaskDossier, TaskStore } from '@switchyard/tasks';
import { canMove, isTerminal, memoryTaskStore } from '@switchyard/tasks';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const IDS = ['t1', 't2', 't3'] as const;
const KEYS = ['a', 'b', 'c'];

/** One call of somebody: an owner, a worker with a lease of any age, or time itself. */
type Call = (store: TaskStore, clock: { now: number }) => Promise<unknown>;

const lease = fc.record({ id: fc.constantFrom(...IDS), token: fc.integer({ min: 0, max: 6 }) });
const text = fc.constantFrom('"x"', '"y"', '"z"');
const key = fc.constantFrom(...KEYS);

const calls: fc.Arbitrary<Call> = fc.oneof(
  fc.integer({ min: 0, max: 400 }).map(
    (ms): Call =>
      async (_, clock) => {
        clock.now += ms;
      },
  ),
  fc
    .record({ id: fc.constantFrom(...IDS), leased: fc.boolean(), ttlMs: fc.constantFrom(null, 300, 2000) })
    .map(
      ({ id, leased, ttlMs }): Call =>
        async (store) => {
          const task = {
            id,
            owner: 'o',
            method: 'tools/call',
            tool: 't',
            params: '{}',
            context: '{}',
            priority: 0,
          };
          const more = { ttlMs, retentionMs: 500, pollIntervalMs: 1000, idempotencyKey: id };
          await store.create([
            { ...task, ...more, ...(leased ? { lease: { worker: 'w', leaseMs: 200 } } : {}) },
          ]);
        },
    ),
  fc.integer({ min: 1, max: 3 }).map(
    (limit): Call =>
      (store) =>
        store.claim({ worker: 'w', leaseMs: 200, limit, tools: [{ name: 't' }] }),
  ),
  lease.map(
    (one): Call =>
      (store) =>
        store.heartbeat([one], 200),
  ),
  lease.map(
    (one): Call =>
      (store) =>
        store.release([one]),
  ),
  fc.tuple(lease, key, text).map(
    ([one, name, result]): Call =>
      (store) =>
        store.saveSteps([{ lease: one, name, result }]),
  ),
  fc.tuple(lease, text).map(
    ([one, statusMessage]): Call =>
      (store) =>
        store.report([{ lease: one, statusMessage }]),
  ),
  fc.tuple(lease, fc.nat(300)).map(
    ([one, delayMs]): Call =>
      (store) =>
        store.retry([{ lease: one, delayMs }]),
  ),
  fc
    .record({
      lease,
      questions: fc.array(fc.record({ key, request: text }), { maxLength: 2 }),
      withdraw: fc.array(key, { maxLength: 2 }),
      suspend: fc.boolean(),
    })
    .map(
      (ask): Call =>
        (store) =>
          store.ask([ask]),
    ),
  fc.tuple(lease, text, fc.constantFrom('completed', 'failed', 'cancelled')).map(
    ([one, result, status]): Call =>
      (store) => {
        const outcomes = {
          completed: { status: 'completed', result },
          failed: { status: 'failed', error: result, statusMessage: 'm' },
          cancelled: { status: 'cancelled' },
        } as const;
        return store.finish([{ lease: one, outcome: outcomes[status as keyof typeof outcomes] }]);
      },
  ),
  fc.tuple(fc.constantFrom(...IDS), fc.dictionary(key, text, { maxKeys: 2 })).map(
    ([id, answers]): Call =>
      (store) =>
        store.answer({ id, owner: 'o', answers }),
  ),
  fc.constantFrom(...IDS).map(
    (id): Call =>
      (store) =>
        store.cancel({ id, owner: 'o' }),
  ),
  fc.constant<Call>((store) => store.sweep({ everyMs: 1, limit: 10 })),
);

describe('whatever is called in whatever order, a store', () => {
  it('keeps terminal tasks as they are, keys to one question, results of steps, and first answers', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(calls, { maxLength: 60, size: 'max' }), async (history) => {
        const clock = { now: 1_800_000_000_000 };
        const store = memoryTaskStore({ now: () => clock.now });
        for (const call of history) {
          const before = await Promise.all(IDS.map((id) => store.inspect(id)));
          await call(store, clock);
          const after = await Promise.all(IDS.map((id) => store.inspect(id)));
          for (const [at, task] of after.entries()) if (task !== undefined) holds(before[at], task);
        }
      }),
      { numRuns: 200 },
    );
  });
});

function holds(before: TaskDossier | undefined, after: TaskDossier): void {
  const waits = after.questions.some(({ state }) => state === 'open');
  if (!isTerminal(after.status)) expect(after.status).toBe(waits ? 'input_required' : 'working');
  expect(after.worker === null || after.dueAt !== null).toBe(true);
  expect(after.finishedAt !== undefined).toBe(isTerminal(after.status));
  expect(after.updatedAt >= after.createdAt).toBe(true);
  // It may have been removed and made anew.
  if (before === undefined || before.createdAt !== after.createdAt) return;
  if (isTerminal(before.status)) expect(after).toEqual(before);
  else expect(canMove(before.status, after.status)).toBe(true);
  expect(after.token - before.token).toBeOneOf([0, 1]);
  expect(after.attempts).toBeGreaterThanOrEqual(before.attempts);
  expect(after.updatedAt).toBeGreaterThanOrEqual(before.updatedAt);
  expect(after.version).toBeGreaterThanOrEqual(before.version);
  if (after.version === before.version) expect(seenOf(after)).toEqual(seenOf(before));
  expect(after.steps).toMatchObject(before.steps);
  for (const [at, question] of before.questions.entries()) {
    const now = after.questions[at];
    expect([now?.key, now?.request]).toEqual([question.key, question.request]);
    if (question.state !== 'open') expect(now).toEqual(question);
  }
  expect(new Set(after.questions.map((question) => question.key)).size).toBe(after.questions.length);
}

/** What its owner can see of a task. */
function seenOf({ status, statusMessage, updatedAt, ttlMs, result, error, open }: TaskDossier): unknown {
  return { status, statusMessage, updatedAt, ttlMs, result, error, open };
}

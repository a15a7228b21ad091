// One instance under chaos: an engine over a store, told by its parent what to make. Its steps leave their effects in files.
import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const settings = JSON.parse(process.argv[2]);
const { store: where, effects, leaseMs, pollMs } = settings;
// The clock of this host is wrong from before anything reads it, and may jump.
let skewMs = settings.skewMs;
const realNow = Date.now;
Date.now = () => realNow() + skewMs;

const { createTaskEngine } = await import('@switchyard/tasks');
const store = await openStore();
const engine = createTaskEngine({ store, leaseMs, pollMs, concurrency: 50, sweepMs: 500, graceMs: 500 });
const ASK = { mode: 'form', message: 'Go on?', requestedSchema: { type: 'object', properties: {} } };

engine.handle('work', work, {
  attempts: 1000,
  backoff: { baseMs: 50, maxMs: 200 },
  retryIf: (error) => error.message !== 'for good',
});
engine.start();

process.on('message', async ({ id, make, skew, close }) => {
  if (skew !== undefined) skewMs = skew;
  if (close) {
    await engine.close().catch(() => undefined);
    await store.close().catch(() => undefined);
    process.exit(0);
  }
  if (make === undefined) return;
  try {
    const params = { name: 'work', arguments: make };
    const { task } = await engine.create({
      owner: `owner-${make.n % 7}`,
      tool: 'work',
      params,
      idempotencyKey: `task ${make.n}`,
    });
    process.send({ id, taskId: task.id });
  } catch (error) {
    process.send({ id, error: String(error) });
  }
});
// Whoever has lost its parent has nobody to answer to.
process.on('disconnect', () => process.exit(0));
process.send({ ready: true });

async function openStore() {
  if (where.kind === 'sqlite') {
    const { sqliteTaskStore } = await import('@switchyard/tasks-sqlite');
    return sqliteTaskStore({ file: where.file, busyTimeoutMs: 60_000 });
  }
  const { postgresTaskStore } = await import('@switchyard/tasks-postgres');
  for (;;) {
    try {
      return await postgresTaskStore({
        connectionString: where.url,
        schema: where.schema,
        timeoutMs: 2000,
        connections: 4,
      });
    } catch (error) {
      // As a supervisor would start it again.
      if (error.code !== 'unavailable') throw error;
      await pause(100);
    }
  }
}

/** What each task does: steps with effects, a question, failures, for good or not, or nothing until it is cancelled. */
async function work(run) {
  const { steps, asks, failures, end } = run.params.arguments;
  for (let at = 1; at <= steps; at += 1) {
    await step(run, `step ${at}`);
    if (at === 1 && asks) await run.ask({ method: 'elicitation/create', params: ASK });
  }
  if (end === 'cancelled') await untilAborted(run);
  if (run.attempt <= failures) throw new Error('this time');
  if (end === 'failed') throw new Error('for good');
  return { content: [], token: run.lease.token };
}

async function step(run, name) {
  await run.step(name, async ({ idempotencyKey }) => {
    const token = run.lease.token;
    // To a service that honours keys, a repetition is the same call.
    const key = createHash('sha256').update(idempotencyKey).digest('hex');
    makeOnce(path.join(effects, `${run.id} ${name} ${key}`));
    // To one that does not, it is another one.
    appendFileSync(path.join(effects, 'log'), `${JSON.stringify({ task: run.id, step: name, token })}\n`);
    await pause(5 + Math.random() * 30);
    return { token };
  });
}

/** One step of the file system: it is there or it is not, whenever the process dies. */
function makeOnce(folder) {
  try {
    mkdirSync(folder);
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
}

function untilAborted({ signal }) {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
  });
}

// One instance under chaos: a server whose tool runs as a task, over a store. Its steps leave their effects in files.
import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const settings = JSON.parse(process.argv[2]);
const { store: where, effects, leaseMs, pollMs, perOwner } = settings;
// The clock of this host is wrong from before anything reads it, and may jump.
let skewMs = settings.skewMs;
const realNow = Date.now;
Date.now = () => realNow() + skewMs;
const QUESTION = { type: 'object', properties: {} };

const { ProtocolError, createServer } = await import('@switchyard/server');
const { serve } = await import('@switchyard/server/node');
const { runsAsTask, taskOf, tasks } = await import('@switchyard/tasks');
const store = await openStore();
const server = createServer({ name: 'chaos', version: '1.0.0' });
const patience = { sweepMs: 500, graceMs: 500, parkMs: 300 };
server.registerExtension(
  tasks({ store: telling(store), leaseMs, pollMs, perOwner, concurrency: 50, ...patience }),
);
const policy = { attempts: 1000, backoff: { baseMs: 50, maxMs: 200 }, pollIntervalMs: 100 };
server.registerTool('work', { inputSchema: { type: 'object' }, ...runsAsTask(policy) }, work);
const listening = await serve(server, { port: 0 });

process.on('message', async ({ skew, close }) => {
  if (skew !== undefined) skewMs = skew;
  if (!close) return;
  await listening.close({ timeoutMs: 5000 }).catch(() => undefined);
  await store.close().catch(() => undefined);
  process.exit(0);
});
// Whoever has lost its parent has nobody to answer to.
process.on('disconnect', () => process.exit(0));
process.send({ url: listening.url });

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

/** The store, with every step and end that is written saying by which token. */
function telling(inner) {
  const said = (text, token) => JSON.stringify({ ...JSON.parse(text), token });
  const verbs = {
    saveSteps: (steps) =>
      inner.saveSteps(steps.map((one) => ({ ...one, result: said(one.result, one.lease.token) }))),
    finish: (ends) =>
      inner.finish(
        ends.map(({ lease, outcome }) => {
          if (outcome.status !== 'completed') return { lease, outcome };
          return { lease, outcome: { ...outcome, result: said(outcome.result, lease.token) } };
        }),
      ),
  };
  return new Proxy(inner, {
    get: (target, name) =>
      verbs[name] ?? (typeof target[name] === 'function' ? target[name].bind(target) : target[name]),
  });
}

/** What each task does: steps with effects, a question, failures, for good or not, or nothing until it is cancelled. */
async function work({ steps, asks, failures, end }, ctx) {
  const task = taskOf(ctx);
  for (let at = 1; at <= steps; at += 1) {
    await step(task, `step ${at}`);
    if (at === 1 && asks) await ctx.elicit({ message: 'Go on?', requestedSchema: QUESTION });
  }
  if (end === 'cancelled') await untilAborted(ctx);
  if (task.attempt <= failures) throw new Error('this time');
  if (end === 'failed') throw new ProtocolError(-32603, 'for good');
  return { content: [] };
}

async function step(task, name) {
  await task.step(name, async ({ idempotencyKey }) => {
    // To a service that honours keys, a repetition is the same call.
    const key = createHash('sha256').update(idempotencyKey).digest('hex');
    makeOnce(path.join(effects, `${task.id} ${name} ${key}`));
    // To one that does not, it is another one.
    appendFileSync(path.join(effects, 'log'), `${JSON.stringify({ task: task.id, step: name })}\n`);
    await pause(5 + Math.random() * 30);
    return {};
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

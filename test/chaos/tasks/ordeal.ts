import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { TaskSnapshot } from '@switchyard/tasks';
import { type Arena, pause } from './arena.ts';
import type { Entry } from './audit.ts';
import { type Dark, Havoc } from './havoc.ts';
import { chanceOf, type Plan, plansOf } from './plan.ts';
import { Watcher } from './watcher.ts';

/** How long a lease is here, and how often work is looked for. */
export const LEASE_MS = 1500;
export const POLL_MS = 300;

/** How hard it gets. */
export interface OrdealOptions {
  readonly arena: Arena;
  readonly folder: string;
  readonly seed: number;
  readonly tasks: number;
  /** How long all of it may take before it counts as stuck. */
  readonly deadlineMs: number;
}

/** A task with what it was to do and what became of it. */
export interface Case {
  readonly plan: Plan;
  readonly task: TaskSnapshot;
}

/** What there is to judge. */
export interface Evidence {
  readonly cases: readonly Case[];
  /** The ids of tasks that did not end in time. */
  readonly stuck: readonly string[];
  /** Tasks of which an instance says something else at the end than the store. */
  readonly saidWrong: readonly string[];
  /** How many tasks the store has. */
  readonly kept: number;
  readonly audit: readonly Entry[];
  /** Effects at a service that honours keys: the task and step of each. */
  readonly keyed: readonly string[];
  /** Effects at a service that does not. */
  readonly plain: readonly string[];
  readonly dark: readonly Dark[];
  readonly counts: ReadonlyMap<string, number>;
  readonly seconds: number;
}

/** How many tasks are under way at a time. */
const ABREAST = 40;

/** Makes tasks and sees them to their end while instances are killed and frozen, clocks jump and databases go away. */
export async function ordeal(options: OrdealOptions): Promise<Evidence> {
  const { arena, folder, seed, tasks, deadlineMs } = options;
  const effects = path.join(folder, 'effects');
  mkdirSync(effects);
  const begin = Date.now();
  const plans = plansOf(tasks, chanceOf(seed));
  const havoc = new Havoc({
    arena,
    effects,
    chance: chanceOf(seed + 1),
    instances: 4,
    leaseMs: LEASE_MS,
    pollMs: POLL_MS,
  });
  const watcher = new Watcher(arena.store);
  try {
    await havoc.start();
    const harm = havoc.run();
    const cases = await seeThrough(plans, { arena, havoc, watcher, until: begin + deadlineMs });
    havoc.stop();
    await harm;
    const saidWrong = await saidOtherwise(cases, havoc);
    await havoc.close();
    const stuck = watcher.waiting;
    await watcher.close();
    return {
      cases,
      stuck,
      saidWrong,
      kept: await countKept(arena),
      audit: await arena.audit(),
      ...effectsIn(effects),
      dark: havoc.dark,
      counts: havoc.counts,
      seconds: (Date.now() - begin) / 1000,
    };
  } finally {
    havoc.stop();
    await havoc.killAll();
    await watcher.close();
  }
}

// ---------------------------------------------------------------------------------------------------------------------

interface World {
  readonly arena: Arena;
  readonly havoc: Havoc;
  readonly watcher: Watcher;
  readonly until: number;
}

async function seeThrough(plans: readonly Plan[], world: World): Promise<readonly Case[]> {
  const cases: Case[] = [];
  const left = [...plans];
  const tend = async (): Promise<void> => {
    for (let plan = left.shift(); plan !== undefined; plan = left.shift()) {
      const id = await make(plan, world);
      if (id !== undefined) cases.push({ plan, task: await attend(id, plan, world) });
    }
  };
  const all = Promise.all(Array.from({ length: ABREAST }, tend));
  await Promise.race([all, pause(world.until - Date.now())]);
  return cases;
}

/** Makes a task, at one instance after the other until one says that it is made; its key sees to it that there is one. */
async function make(plan: Plan, { havoc, until }: World): Promise<string | undefined> {
  const call = { name: 'work', arguments: plan };
  while (Date.now() < until) {
    const answer = await havoc.pick()?.call('tools/call', call, { [IDEMPOTENCY_KEY_META]: `task ${plan.n}` });
    const id = answer?.result?.['taskId'];
    if (typeof id === 'string') return id;
    await pause(20);
  }
  return undefined;
}

/** Does what a caller does: answers, or cancels, at any instance, and waits for the end. */
function attend(id: string, plan: Plan, { havoc, watcher }: World): Promise<TaskSnapshot> {
  let busy = false;
  const say = (method: string, params: object): void => {
    // What does not get through is said again when the task is looked at next.
    if (busy) return;
    busy = true;
    const said = havoc.pick()?.call(method, { taskId: id, ...params }) ?? Promise.resolve();
    void said.then(() => {
      busy = false;
    });
  };
  return watcher.until(id, (task) => {
    const { status, open } = task;
    const inputResponses = Object.fromEntries(open.map(({ key }) => [key, ANSWER]));
    if (status === 'input_required') say('tasks/update', { inputResponses });
    else if (status === 'working' && plan.end === 'cancelled' && !task.cancelRequested)
      say('tasks/cancel', {});
    return status !== 'working' && status !== 'input_required';
  });
}

const ANSWER = { action: 'accept', content: {} };
const IDEMPOTENCY_KEY_META = 'dev.switchyard/idempotency-key';

/** What a caller sees who asks an instance for tasks that are over: those of which it says something else than the store. */
async function saidOtherwise(cases: readonly Case[], havoc: Havoc): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const { task } of cases) {
    const answer = await havoc.pick()?.call('tasks/get', { taskId: task.id });
    if (answer?.result?.['status'] !== task.status) wrong.push(`${task.id}: ${JSON.stringify(answer)}`);
  }
  return wrong;
}

async function countKept({ store }: Arena): Promise<number> {
  let count = 0;
  for (let after: string | undefined, more = true; more; ) {
    const page = await store.list({ limit: 500, ...(after === undefined ? {} : { after }) });
    count += page.tasks.length;
    after = page.next;
    more = after !== undefined;
  }
  return count;
}

function effectsIn(folder: string): Pick<Evidence, 'keyed' | 'plain'> {
  const files = readdirSync(folder);
  const log = files.includes('log')
    ? readFileSync(path.join(folder, 'log'), 'utf8').trimEnd().split('\n')
    : [];
  return {
    keyed: files.filter((name) => name !== 'log').map((name) => name.slice(0, name.lastIndexOf(' '))),
    plain: log.map((line) => {
      const { task, step } = JSON.parse(line);
      return `${task} ${step}`;
    }),
  };
}

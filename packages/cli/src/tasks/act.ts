import { randomBytes } from 'node:crypto';
import { visible } from '../call/visible.ts';
import { EXIT } from '../failure.ts';
import type { Terminal } from '../terminal.ts';
import { toSpan } from './format.ts';
import type { PruneSettings, StoreSettings } from './settings.ts';
import { withStore } from './store.ts';

/** Cancels tasks and prints what came of each; resolves with the exit code: 1 where one is not there. */
export async function runCancel(
  ids: readonly string[],
  { store: address, json }: StoreSettings,
  terminal: Terminal,
): Promise<number> {
  const outcomes = await withStore(address, async (store) => {
    const found: { id: string; outcome: string }[] = [];
    for (const id of ids) found.push({ id, outcome: (await store.cancel({ id })) ?? 'unknown' });
    return found;
  });
  if (json) terminal.print(JSON.stringify({ tasks: outcomes }, null, 2));
  else for (const { id, outcome } of outcomes) terminal.print(`${visible(id)}  ${SAID[outcome] ?? outcome}`);
  return outcomes.some(({ outcome }) => outcome === 'unknown') ? EXIT.failed : EXIT.ok;
}

/** Makes new tasks of failed ones and prints their ids; resolves with the exit code: 1 where one is not there or has not failed. */
export async function runRetry(
  ids: readonly string[],
  { store: address, json }: StoreSettings,
  terminal: Terminal,
): Promise<number> {
  const outcomes = await withStore(address, async (store) => {
    const made: { id: string; newId: string | null }[] = [];
    for (const id of ids) {
      const task = await store.requeue(id, randomBytes(ID_BYTES).toString('base64url'));
      made.push({ id, newId: task?.id ?? null });
    }
    return made;
  });
  if (json) terminal.print(JSON.stringify({ tasks: outcomes }, null, 2));
  else
    for (const { id, newId } of outcomes)
      terminal.print(`${visible(id)}  ${newId === null ? 'is no failed task' : `goes on as ${newId}`}`);
  return outcomes.some(({ newId }) => newId === null) ? EXIT.failed : EXIT.ok;
}

/** Removes tasks that are over and prints how many. */
export async function runPrune(settings: PruneSettings, terminal: Terminal): Promise<void> {
  const { store: address, json, olderThan, status } = settings;
  const wish = { finishedForMs: olderThan, limit: AT_A_TIME, ...(status === undefined ? {} : { status }) };
  const removed = await withStore(address, async (store) => {
    let sum = 0;
    // Many small writes, so that the servers beside it hardly notice.
    for (let some = AT_A_TIME; some === AT_A_TIME; sum += some) {
      some = await store.prune(wish);
      terminal.status(`${sum + some} removed`);
    }
    terminal.status(undefined);
    return sum;
  });
  if (json) terminal.print(JSON.stringify({ removed }));
  else
    terminal.print(
      `${removed} ${removed === 1 ? 'task' : 'tasks'} that ended ${toSpan(olderThan)} ago or earlier removed`,
    );
}

// ---

/** As hard to guess as the ids that engines make, which cannot be guessed at all. */
const ID_BYTES = 32;
const AT_A_TIME = 500;

const SAID: Readonly<Record<string, string>> = {
  cancelled: 'cancelled',
  requested: 'its worker is asked to cancel it',
  terminal: 'was over already',
  unknown: 'is not there',
};

import type { TaskState } from '@switchyard/tasks';
import type { Terminal } from '../terminal.ts';
import { shorten, toSpan, toTable } from './format.ts';
import type { ListSettings } from './settings.ts';
import { withStore } from './store.ts';

/** Prints a page of tasks. */
export async function runList(settings: ListSettings, terminal: Terminal): Promise<void> {
  const { store: address, json, ...wish } = settings;
  const page = await withStore(address, (store) => store.list(wish));
  if (json) {
    terminal.print(JSON.stringify(page, null, 2));
    return;
  }
  if (page.tasks.length === 0) terminal.note('There are no such tasks.');
  else terminal.print(toTable([HEAD, ...page.tasks.map((task) => toRow(task, Date.now()))]));
  if (page.next !== undefined) terminal.note(`There are more: --after '${page.next}'`);
}

// ---

const HEAD = ['ID', 'STATUS', 'TOOL', 'AGE', 'RUNS', 'WHAT'];
const MESSAGE_LENGTH = 60;

function toRow(task: TaskState, now: number): readonly string[] {
  const { id, status, tool, createdAt, attempts } = task;
  return [id, status, tool, toSpan(now - createdAt), String(attempts), whatOf(task, now)];
}

/** What there is to say of it in a few words. */
function whatOf({ status, statusMessage, worker, dueAt, cancelRequested }: TaskState, now: number): string {
  if (statusMessage !== undefined) return shorten(statusMessage, MESSAGE_LENGTH);
  if (cancelRequested && status === 'working') return 'to be cancelled';
  if (worker !== null) return 'running';
  if (status === 'working' && dueAt !== null)
    return dueAt <= now ? 'queued' : `due in ${toSpan(dueAt - now)}`;
  return '';
}

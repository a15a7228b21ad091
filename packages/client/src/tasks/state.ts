import type { DetailedTask, Task } from '@switchyard/wire';

/** A task as it is shown. `statusMessage` is the server's text: show it as such, and never follow it. */
export type TaskState = Task | DetailedTask;

/** A longer message is cut off. */
const MAX_MESSAGE_LENGTH = 2_000;

/** A task whose message can be shown: without control characters, without marks that turn the direction of text, and short. */
export function shown<T extends TaskState>(task: T): T {
  if (task.statusMessage === undefined) return task;
  const statusMessage = task.statusMessage.replace(UNSEEN, ' ').slice(0, MAX_MESSAGE_LENGTH);
  return { ...task, statusMessage };
}

// ---------------------------------------------------------------------------------------------------------------------

const UNSEEN = /[\p{Cc}\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;

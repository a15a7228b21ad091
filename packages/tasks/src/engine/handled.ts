import type { ResolvedPolicy } from './policy.ts';
import type { TaskHandler } from './task-run.ts';

/** A tool whose tasks are run here. */
export interface Handled {
  readonly handler: TaskHandler;
  readonly policy: ResolvedPolicy;
}

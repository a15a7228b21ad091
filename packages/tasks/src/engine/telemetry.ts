import type { TaskDossier } from '../state/row.ts';
import type { Verdict } from './verdict.ts';

/** Watches runs. */
export interface TaskTelemetry {
  /** Begins to watch a run, or `undefined` where nobody wants to know. */
  start(task: TaskDossier): TaskSpan | undefined;
  /** The trace context of the span that is active, where there is one. */
  carrier(): Readonly<Record<string, string>> | undefined;
}

/** One run being watched. */
export interface TaskSpan {
  /** Runs a function with this span as the active one. */
  within<T>(run: () => T): T;
  /** Ends it, with what became of the task. */
  end(verdict: Verdict): void;
}

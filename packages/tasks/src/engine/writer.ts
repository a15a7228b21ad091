import type { Lease } from '../state/row.ts';
import type { TaskStore } from '../store/store.ts';
import type { Ask, Asked, Finish, Report, Retry, StepWrite } from '../store/verbs.ts';
import { batched } from './batch.ts';
import type { TaskEnvironment } from './environment.ts';

/** The writes of runs: calls of many runs at the same time share one statement. */
export interface Writer {
  saveStep(step: StepWrite): Promise<boolean>;
  report(report: Report): Promise<boolean>;
  ask(ask: Ask): Promise<Asked | undefined>;
  retry(retry: Retry): Promise<boolean>;
  release(lease: Lease): Promise<boolean>;
  finish(finish: Finish): Promise<boolean>;
}

/** Makes the writes of runs over a store. */
export function createWriter(store: TaskStore): Writer {
  return {
    saveStep: batched((steps: readonly StepWrite[]) => store.saveSteps(steps)),
    report: batched((reports: readonly Report[]) => store.report(reports)),
    ask: batched((asks: readonly Ask[]) => store.ask(asks)),
    retry: batched((retries: readonly Retry[]) => store.retry(retries)),
    release: batched((leases: readonly Lease[]) => store.release(leases)),
    finish: batched((ends: readonly Finish[]) => store.finish(ends)),
  };
}

/**
 * Writes, and again while the store cannot be reached: what a handler has done is not lost over a database that restarts.
 * All writes can be repeated. Rejects with the last error once `over` says that there is no point any more.
 */
export async function persist<T>(
  write: () => Promise<T>,
  { environment, over }: { readonly environment: TaskEnvironment; readonly over: () => boolean },
): Promise<T> {
  for (let waitMs = 50; ; waitMs = Math.min(waitMs * 2, 2000)) {
    try {
      return await write();
    } catch (error) {
      if (over()) throw error;
      await new Promise<void>((resolve) =>
        environment.after(waitMs * (0.5 + environment.random() / 2), resolve),
      );
      if (over()) throw error;
    }
  }
}

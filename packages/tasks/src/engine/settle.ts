import type { Outcome } from '../state/row.ts';
import type { ResolvedOptions } from './options.ts';
import type { ResolvedPolicy } from './policy.ts';
import type { Run } from './run.ts';
import type { Settled } from './task-run.ts';
import type { TaskSpan } from './telemetry.ts';
import type { Verdict } from './verdict.ts';
import { judge } from './verdict.ts';
import type { Writer } from './writer.ts';
import { persist } from './writer.ts';

/** A run to see through. */
export interface Started {
  readonly run: Run;
  /** How it ends without being run. */
  readonly outcome: Outcome | undefined;
  readonly span: TaskSpan | undefined;
}

/** What that needs. */
export interface SettleParts {
  readonly options: ResolvedOptions;
  readonly writer: Writer;
  readonly policy: ResolvedPolicy;
  /** Whether the task is another's, or soon will be. */
  readonly lost: () => boolean;
}

/** Runs a task, judges how the run ended, and writes what becomes of the task; resolves with that. */
export async function settleTask({ run, outcome, span }: Started, parts: SettleParts): Promise<Verdict> {
  const start = (): Promise<Settled> => run.start();
  const verdict: Verdict =
    outcome === undefined
      ? decide(run, await (span === undefined ? start() : span.within(start)), parts)
      : { kind: 'finish', outcome };
  const written = await write(run, verdict, parts);
  const came: Verdict = written ? verdict : { kind: 'nothing' };
  span?.end(came);
  return came;
}

function decide(run: Run, settled: Settled, { options, policy }: SettleParts): Verdict {
  const { environment, limits, onError } = options;
  // Whatever a handler throws while it is being broken off, it was broken off.
  const ended: Settled =
    !settled.ok && run.signal.aborted ? { ok: false, error: run.signal.reason } : settled;
  if (run.isOver) return { kind: 'nothing' };
  return judge({
    settled: ended,
    policy,
    attempt: run.attempt,
    resultSize: limits.resultSize,
    random: environment.random(),
    report: (error) => {
      const reference = environment.randomId(48);
      const where = `a run of the task ${run.id}, attempt ${run.attempt}`;
      onError(error, { where, taskId: run.id, tool: run.tool, reference });
      return reference;
    },
  });
}

async function write(run: Run, verdict: Verdict, { options, writer, lost }: SettleParts): Promise<boolean> {
  const said = run.end();
  if (verdict.kind === 'nothing') return false;
  const { lease } = run;
  const until = { environment: options.environment, over: lost };
  if (verdict.kind === 'retry') {
    const { delayMs, statusMessage } = verdict;
    return persist(() => writer.retry({ lease, delayMs, statusMessage }), until);
  }
  const outcome = said === undefined ? verdict.outcome : { statusMessage: said, ...verdict.outcome };
  return persist(() => writer.finish({ lease, outcome }), until);
}

import type { Dark } from './havoc.ts';
import { type Evidence, LEASE_MS, POLL_MS } from './ordeal.ts';

/** How much later than stated a busy machine may be. */
export const SLACK_MS = 2000;

/** What was wrong; all of it is empty where nothing was. */
export interface Verdict {
  /** Tasks that did not end, or not as they had to. */
  readonly wrongEnds: readonly string[];
  /** Tasks of which there are more, or fewer, than were asked for. */
  readonly wrongCount: readonly number[];
  /** Tasks of which an instance says something else at the end than the store. */
  readonly saidWrong: readonly string[];
  /** Steps whose effect at a service that honours keys is not there once. */
  readonly notOnce: readonly string[];
  /** Steps of tasks that ended well whose effect is not there at all. */
  readonly lost: readonly string[];
  /** Writes of workers that had lost the task. */
  readonly unfenced: readonly string[];
  /** Changes to tasks that were over. */
  readonly undone: readonly string[];
  /** Take-overs that came later than stated. */
  readonly late: readonly string[];
}

/** Holds the evidence against what is promised. */
export function judge(evidence: Evidence, tasks: number): Verdict {
  const { cases, stuck, saidWrong, kept, audit, keyed, plain } = evidence;
  const [once, any] = [countsOf(keyed), countsOf(plain)];
  const done = cases
    .filter(({ plan }) => plan.end === 'completed')
    .flatMap(({ plan, task }) => Array.from({ length: plan.steps }, (_, at) => `${task.id} step ${at + 1}`));
  return {
    wrongEnds: [
      ...stuck.map((id) => `${id} did not end`),
      ...cases
        .filter(({ plan, task }) => task.status !== plan.end)
        .map(({ plan, task }) => `${task.id} is ${task.status}, not ${plan.end}: ${task.error ?? ''}`),
    ],
    wrongCount: kept === tasks && cases.length === tasks ? [] : [kept, cases.length, tasks],
    saidWrong,
    notOnce: [
      ...[...once].filter(([, count]) => count !== 1).map(([step]) => step),
      ...done.filter((step) => !once.has(step)),
    ],
    lost: done.filter((step) => !any.has(step)),
    unfenced: audit
      .filter(({ what, said, token }) => what !== 'claim' && said !== null && said !== token)
      .map((entry) => JSON.stringify(entry)),
    undone: audit.filter(({ what }) => what === 'undone').map(({ taskId }) => taskId),
    late: takeOvers(evidence)
      .filter(({ lateMs }) => lateMs > POLL_MS + SLACK_MS)
      .map((entry) => JSON.stringify(entry)),
  };
}

/** Every claim of a task that had a worker: how long after the end of its lease, less the time in which nobody could. */
export function takeOvers({
  audit,
  dark,
}: Evidence): readonly { readonly taskId: string; readonly lateMs: number }[] {
  return audit.flatMap(({ what, taskId, lateMs, at }) => {
    if (what !== 'claim' || lateMs === null) return [];
    return [{ taskId, lateMs: Math.max(0, lateMs - overlap({ from: at - lateMs, to: at }, dark)) }];
  });
}

/** What happened, in one line each. */
export function figures(evidence: Evidence): Readonly<Record<string, string | number>> {
  const delays = takeOvers(evidence)
    .map(({ lateMs }) => lateMs)
    .sort((a, b) => a - b);
  const at = (share: number): number =>
    delays[Math.min(delays.length - 1, Math.floor(delays.length * share))] ?? 0;
  return {
    tasks: evidence.cases.length,
    seconds: Math.round(evidence.seconds),
    ...Object.fromEntries(evidence.counts),
    'steps with effects': new Set(evidence.plain).size,
    'steps done more than once': [...countsOf(evidence.plain).values()].filter((count) => count > 1).length,
    'take-overs': delays.length,
    'of which nothing stood in the way of': undisturbed(evidence),
    'lease (ms)': LEASE_MS,
    'after the lease, median (ms)': at(0.5),
    'after the lease, 99 % (ms)': at(0.99),
    'after the lease, longest (ms)': delays.at(-1) ?? 0,
  };
}

// ---------------------------------------------------------------------------------------------------------------------

/** How many take-overs were in no dark time at all. */
function undisturbed({ audit, dark }: Evidence): number {
  return audit.filter(
    ({ what, lateMs, at }) =>
      what === 'claim' && lateMs !== null && overlap({ from: at - lateMs - 1, to: at + 1 }, dark) === 0,
  ).length;
}

function countsOf(items: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
}

/** How much of a time was dark; dark times that overlap count once. */
function overlap({ from, to }: Dark, dark: readonly Dark[]): number {
  let [sum, end] = [0, from];
  for (const one of [...dark].sort((a, b) => a.from - b.from)) {
    const begin = Math.max(one.from, end);
    const stop = Math.min(one.to, to);
    if (stop <= begin) continue;
    sum += stop - begin;
    end = stop;
  }
  return sum;
}

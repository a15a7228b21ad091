import type { Context, Link, Span } from '@opentelemetry/api';
import {
  context,
  isSpanContextValid,
  metrics,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import type { TaskDossier } from '../state/row.ts';
import type { ResolvedOptions } from './options.ts';
import type { TaskSpan, TaskTelemetry } from './telemetry.ts';
import type { Verdict } from './verdict.ts';

const SCOPE = '@switchyard/tasks';

/**
 * A CONSUMER span for each run, with a link to the request that made the task, and the metrics `switchyard.tasks.queue.depth`,
 * `switchyard.tasks.queue.age`, `switchyard.tasks.run.duration`, `switchyard.tasks.outcomes` and `switchyard.tasks.attempts`, each by
 * tool.
 */
export function openTaskTelemetry(options: ResolvedOptions): TaskTelemetry {
  const count = countRuns();
  observeQueue(options);
  return {
    carrier() {
      const active = trace.getSpanContext(context.active());
      if (active === undefined || !isSpanContextValid(active)) return undefined;
      const carrier: Record<string, string> = {};
      propagation.inject(context.active(), carrier);
      return carrier;
    },
    start(task) {
      const startedAt = options.environment.now();
      const watched = startSpan(task);
      // A task that is given up, or was cancelled meanwhile, ends without another attempt.
      let attempts = task.attempts;
      return {
        within(run) {
          attempts = task.attempts + 1;
          return context.with(trace.setSpan(context.active(), watched), run);
        },
        end(verdict) {
          endSpan(watched, verdict);
          count({ tool: task.tool, verdict, attempts, tookMs: options.environment.now() - startedAt });
        },
      } satisfies TaskSpan;
    },
  };
}

// ---

/** A run that is over. */
interface Ended {
  readonly tool: string;
  readonly verdict: Verdict;
  /** How many its task had taken. */
  readonly attempts: number;
  readonly tookMs: number;
}

function countRuns(): (run: Ended) => void {
  const meter = metrics.getMeter(SCOPE);
  const duration = meter.createHistogram('switchyard.tasks.run.duration', {
    unit: 's',
    description: 'Duration of one run of a task.',
  });
  const outcomes = meter.createCounter('switchyard.tasks.outcomes', {
    unit: '{run}',
    description: 'Runs by what became of the task.',
  });
  const taken = meter.createHistogram('switchyard.tasks.attempts', {
    unit: '{attempt}',
    description: 'Attempts that a task had taken when it ended.',
  });
  return ({ tool, verdict, attempts, tookMs }) => {
    const attributes = { 'gen_ai.tool.name': tool, 'switchyard.task.outcome': outcomeOf(verdict) };
    duration.record(tookMs / 1000, attributes);
    outcomes.add(1, attributes);
    if (verdict.kind === 'finish') taken.record(attempts, attributes);
  };
}

function outcomeOf(verdict: Verdict): string {
  if (verdict.kind === 'finish') return verdict.outcome.status;
  return verdict.kind === 'retry' ? 'retry' : 'given_up';
}

/** How many tasks wait, run, and wait for input, and how long the oldest has been due; asked of the store with every collection. */
function observeQueue({ store, onError }: ResolvedOptions): void {
  const meter = metrics.getMeter(SCOPE);
  const depth = meter.createObservableGauge('switchyard.tasks.queue.depth', {
    unit: '{task}',
    description: 'Tasks that are not over, by what they wait for.',
  });
  const age = meter.createObservableGauge('switchyard.tasks.queue.age', {
    unit: 's',
    description: 'How long the task that has been due the longest has waited for a worker.',
  });
  meter.addBatchObservableCallback(
    async (observe) => {
      try {
        for (const { tool, queued, running, waiting, oldestDueMs } of await store.stats()) {
          for (const [state, count] of Object.entries({ queued, running, waiting }))
            observe.observe(depth, count, { 'gen_ai.tool.name': tool, 'switchyard.task.state': state });
          observe.observe(age, oldestDueMs / 1000, { 'gen_ai.tool.name': tool });
        }
      } catch (error) {
        onError(error, { where: 'counting tasks' });
      }
    },
    [depth, age],
  );
}

function startSpan(task: TaskDossier): Span {
  const attributes = {
    'gen_ai.tool.name': task.tool,
    'switchyard.task.id': task.id,
    'switchyard.task.attempt': task.attempts + 1,
  };
  const options = { kind: SpanKind.CONSUMER, attributes, links: linksOf(task), root: true };
  return trace.getTracer(SCOPE).startSpan(`task ${task.tool}`, options);
}

/** The request that made the task is over by the time that it runs: a link, not a parent. */
function linksOf(task: TaskDossier): Link[] {
  const kept: unknown = JSON.parse(task.context);
  const carrier = typeof kept === 'object' && kept !== null ? Reflect.get(kept, 'trace') : undefined;
  if (typeof carrier !== 'object' || carrier === null) return [];
  const parent: Context = propagation.extract(ROOT_CONTEXT, carrier);
  const spanContext = trace.getSpanContext(parent);
  return spanContext !== undefined && isSpanContextValid(spanContext) ? [{ context: spanContext }] : [];
}

/** Never an error's message: it may hold what telemetry must not. */
function endSpan(span: Span, verdict: Verdict): void {
  span.setAttribute('switchyard.task.outcome', outcomeOf(verdict));
  const broken =
    verdict.kind === 'retry' || (verdict.kind === 'finish' && verdict.outcome.status === 'failed');
  if (broken) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}

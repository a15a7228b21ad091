import { isTraceparent } from '@switchyard/wire';
import type { NewTask, TaskDossier } from '../state/row.ts';
import type { Created } from '../store/verbs.ts';
import { batched } from './batch.ts';
import { TaskLimitError } from './errors.ts';
import type { Handled } from './handled.ts';
import type { ResolvedOptions } from './options.ts';
import type { TaskCreation, TaskRequest } from './request.ts';
import type { TaskTelemetry } from './telemetry.ts';
import { isName } from './text.ts';
import type { Workshop } from './workshop.ts';

/** What making tasks needs of the engine. */
export interface CreateParts {
  readonly options: ResolvedOptions;
  readonly handled: ReadonlyMap<string, Handled>;
  readonly workshop: Pick<Workshop, 'reserve'>;
  readonly telemetry: Pick<TaskTelemetry, 'carrier'>;
}

/**
 * Makes tasks. Where this instance has room and nobody waits, a task is made with a lease for it, and runs at once: that saves
 * the write of a claim.
 */
export function createTask({
  options,
  handled,
  workshop,
  telemetry,
}: CreateParts): (request: TaskRequest) => Promise<TaskCreation> {
  const { store, limits, environment } = options;
  const write = batched((tasks: readonly NewTask[]) =>
    store.create(tasks, { livePerOwner: limits.livePerOwner }),
  );
  return async (request) => {
    const policy = handled.get(request.tool)?.policy;
    if (policy === undefined)
      throw new TypeError(`There is no handler for tasks of the tool '${request.tool}'.`);
    const { ttlMs, retentionMs, pollIntervalMs, priority } = policy;
    const task: NewTask = {
      id: environment.randomId(request.idBits ?? 128),
      ttlMs,
      retentionMs,
      pollIntervalMs,
      priority,
      ...toTask(request, { trace: telemetry.carrier() ?? request.trace, most: limits.paramsSize }),
    };
    const slot = policy.concurrency === undefined ? workshop.reserve() : undefined;
    try {
      const created = await write(slot === undefined ? task : { lease: slot.lease, ...task });
      if (created.created && slot !== undefined) slot.run(toDossier(task, created));
      else slot?.free();
      return toCreation(created, task);
    } catch (error) {
      slot?.free();
      throw error;
    }
  };
}

// ---

type TaskTexts = Pick<NewTask, 'owner' | 'tool' | 'method' | 'params' | 'context' | 'idempotencyKey'>;

interface Making {
  readonly trace: TaskRequest['trace'];
  /** The most characters. */
  readonly most: number;
}

function toTask(request: TaskRequest, { trace, most }: Making): TaskTexts {
  const { owner, tool, method = 'tools/call' } = request;
  const params = JSON.stringify(request.params);
  const context = JSON.stringify({ of: request.context ?? null, trace: traceOf(trace) });
  if (params.length + context.length > most)
    throw new TaskLimitError('params-too-large', `The params of a task can have at most ${most} characters.`);
  const { idempotencyKey } = request;
  if (idempotencyKey === undefined) return { owner, tool, method, params, context };
  if (!isName(idempotencyKey))
    throw new TypeError('An idempotency key has 1 to 200 characters, none of them a control character.');
  return { owner, tool, method, params, context, idempotencyKey };
}

/** What W3C Trace Context has of it. */
function traceOf({
  traceparent,
  tracestate,
}: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  return typeof traceparent === 'string' && isTraceparent(traceparent) ? { traceparent, tracestate } : {};
}

function toDossier(task: NewTask, { task: state }: Created & { readonly created: true }): TaskDossier {
  return { params: task.params, context: task.context, steps: {}, questions: [], open: [], ...state };
}

function toCreation(created: Created, task: NewTask): TaskCreation {
  if (created.task === undefined)
    throw new TaskLimitError(
      'too-many-tasks',
      'There are too many tasks under way. Try again when some have ended.',
    );
  if (!created.created && !sameParams(created.task.params, task.params))
    throw new TaskLimitError('key-reused', 'This idempotency key was used with other parameters.');
  return { created: created.created, task: created.task };
}

function sameParams(one: string, other: string): boolean {
  return one === other || canonical(JSON.parse(one)) === canonical(JSON.parse(other));
}

/** A text that is the same for two JSON values that differ in the order of members alone. */
function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join()}}`;
}

import type { Question, TaskDossier } from '@switchyard/tasks';
import { visible } from '../call/visible.ts';
import { Failure } from '../failure.ts';
import type { Terminal } from '../terminal.ts';
import { toMoment, toTable } from './format.ts';
import type { ShowSettings } from './settings.ts';
import { withStore } from './store.ts';

/** Prints all that is kept of one task. Throws `Failure` where there is none. */
export async function runShow(
  id: string,
  { store: address, json, contents }: ShowSettings,
  terminal: Terminal,
): Promise<void> {
  const task = await withStore(address, (store) => store.inspect(id));
  if (task === undefined) throw new Failure('There is no such task.');
  const see: See = contents ? toValue : toSize;
  if (json) terminal.print(JSON.stringify(toDocument(task, see), null, 2));
  else terminal.print(toText(task, contents ? toPretty : toSizeText));
}

// ---

/** How a JSON text of the task is shown. */
type See = (text: string) => unknown;

/** What stands for contents that are not shown. */
interface Size {
  readonly characters: number;
}

function toSize(text: string): Size {
  return { characters: text.length };
}

function toValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function toSizeText(text: string): string {
  return `${text.length} characters`;
}

function toPretty(text: string): string {
  return visible(JSON.stringify(toValue(text), null, 2));
}

/** The task with every content seen through the same eyes. */
function toDocument(task: TaskDossier, see: See): object {
  const { open, params, context, result, error, steps, questions, ...state } = task;
  return {
    ...state,
    params: see(params),
    context: see(context),
    ...(result === undefined ? {} : { result: see(result) }),
    ...(error === undefined ? {} : { error: see(error) }),
    steps: Object.entries(steps).map(([name, kept]) => ({ name, result: see(kept) })),
    questions: questions.map(({ key, state: at, request, answer }) => ({
      key,
      state: at,
      request: see(request),
      ...(answer === undefined ? {} : { answer: see(answer) }),
    })),
  };
}

function toText(task: TaskDossier, see: (text: string) => string): string {
  const steps = Object.entries(task.steps).map(([name, kept]) => ['', name, see(kept)]);
  const questions = task.questions.map((one) => ['', `${one.key}, ${one.state}`, saidOf(one, see)]);
  const contents = [
    ['params', see(task.params)],
    ['context', see(task.context)],
    ...(task.result === undefined ? [] : [['result', see(task.result)]]),
    ...(task.error === undefined ? [] : [['error', see(task.error)]]),
  ];
  return [
    toTable(factsOf(task)),
    ...contents.map(([name, text]) => `${String(name).padEnd(WIDTH)}  ${text}`),
    ...section('steps', steps),
    ...section('questions', questions),
  ].join('\n');
}

const WIDTH = 9;

function section(name: string, rows: readonly (readonly string[])[]): readonly string[] {
  const head = `${name.padEnd(WIDTH)}  ${rows.length}`;
  return [head, ...rows.map(([, label, text]) => `  ${visible(String(label))}: ${text}`)];
}

function saidOf({ request, answer }: Question, see: (text: string) => string): string {
  return answer === undefined ? `asked ${see(request)}` : `asked ${see(request)}, answered ${see(answer)}`;
}

function factsOf(task: TaskDossier): readonly (readonly string[])[] {
  const { createdAt, updatedAt, finishedAt, ttlMs, dueAt, worker } = task;
  const message = task.statusMessage === undefined ? '' : `: ${task.statusMessage}`;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['task', task.id],
    ['status', `${task.status}${message}`],
    ['cancel', task.cancelRequested ? 'asked for' : undefined],
    ['tool', `${task.tool} (${task.method})`],
    ['owner', task.owner],
    ['created', toMoment(createdAt)],
    ['updated', `${toMoment(updatedAt)}, version ${task.version}`],
    ['ended', finishedAt === undefined ? undefined : toMoment(finishedAt)],
    ['kept', ttlMs === null ? 'for ever' : `until ${toMoment(createdAt + ttlMs)}`],
    ['due', dueAt === null ? undefined : toMoment(dueAt)],
    ['worker', worker ?? undefined],
    ['runs', `${task.attempts} failed or lost, token ${task.token}, priority ${task.priority}`],
    ['key', task.idempotencyKey],
  ];
  return facts.flatMap(([name, text]) => (text === undefined ? [] : [[name.padEnd(WIDTH), text]]));
}

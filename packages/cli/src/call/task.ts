import { ClientError, type InputHandlers, ProtocolError } from '@switchyard/client';
import { createClient } from '@switchyard/client/node';
import { type TaskHandle, type TaskState, type TasksExtension, tasks } from '@switchyard/client/tasks';
import type { ElicitResult, Result } from '@switchyard/wire';
import { EXIT, Failure } from '../failure.ts';
import { untilStopped } from '../stop.ts';
import type { Terminal } from '../terminal.ts';
import { packageVersion } from '../version.ts';
import { answerAll } from './ask.ts';
import { RpcFailure } from './link-failure.ts';
import { visible } from './visible.ts';

/** Where a task is, and which. */
export interface TaskTarget {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** What `--detach` printed, or a task that a call has just become. */
  readonly task: string | { readonly taskId: string; readonly name: string };
}

/**
 * Follows a task to its result, shows its states, asks its questions on the terminal; when the command is told to stop, has it
 * cancelled. Throws `Failure` where it does not come to a result.
 */
export async function followTask(target: TaskTarget, terminal: Terminal): Promise<Result> {
  const { client, handle } = open(target, terminal);
  void untilStopped(terminal).then(async () => {
    terminal.note('Cancelling the task; once more to leave it to itself.');
    await handle.cancel().catch(() => undefined);
  });
  try {
    return await handle.result();
  } catch (error) {
    throw toFailure(error, handle);
  } finally {
    terminal.status(undefined);
    await client.close();
  }
}

/** The text by which the command goes on with a task later: one word for every shell. */
export function referenceTo(target: TaskTarget, terminal: Terminal): string {
  return pack(open(target, terminal).handle);
}

// ---

function open({ url, headers, timeoutMs, task }: TaskTarget, terminal: Terminal) {
  const shownLast = { line: '' };
  const work = tasks({ onUpdate: (state) => show(state, shownLast, terminal) });
  const client = createClient({
    url,
    headers,
    info: { name: 'switchyard', version: packageVersion() },
    timeouts: { timeoutMs },
    extensions: [work],
    handlers: terminal.interactive ? asking(url, terminal) : {},
    onWarning: (message) => terminal.note(`${terminal.paint('yellow', 'warning:')} ${visible(message)}`),
  });
  return { client, handle: takeUp(work, task) };
}

function takeUp(work: TasksExtension, task: TaskTarget['task']): TaskHandle {
  try {
    return work.resume(typeof task === 'string' ? unpack(task) : task);
  } catch (error) {
    // A text that is no reference, or one of another server.
    if (error instanceof TypeError)
      throw new Failure('This is no reference to a task: give --resume what --detach has printed.');
    if (error instanceof ClientError) throw new Failure(visible(error.message));
    throw error;
  }
}

function pack(handle: TaskHandle): string {
  return Buffer.from(handle.serialize()).toString('base64url');
}

function unpack(text: string): string {
  return text.startsWith('{') ? text : Buffer.from(text, 'base64url').toString('utf8');
}

function show({ status, statusMessage }: TaskState, last: { line: string }, terminal: Terminal): void {
  const state = status.replace('_', ' ');
  const line = statusMessage === undefined ? state : `${state}  ${visible(statusMessage)}`;
  if (terminal.live) terminal.status(line);
  else if (line !== last.line) terminal.note(line);
  last.line = line;
}

function asking(url: URL, terminal: Terminal): InputHandlers {
  const ask = async (params: object, name: string | undefined): Promise<ElicitResult> => {
    terminal.status(undefined);
    const asker = { host: url.host, tool: name ?? 'unknown' };
    const answers = await answerAll({ asked: { method: 'elicitation/create', params } }, asker, terminal);
    // What is asked by elicitation is answered so.
    return answers['asked'] as ElicitResult;
  };
  return {
    elicit: ({ defaults: _, ...params }, { name }) => ask(params, name),
    elicitUrl: ({ message, url: page }, { name }) => ask({ mode: 'url', message, url: page }, name),
  };
}

function toFailure(error: unknown, handle: TaskHandle): unknown {
  if (error instanceof ProtocolError && new RpcFailure(error).asksForElicitation)
    return new Failure(
      'The task has failed: it asks a question, and there is no terminal to ask it on. Run the command in a terminal.',
      EXIT.inputNeeded,
    );
  if (error instanceof ProtocolError)
    return new Failure(`The task has failed: ${visible(error.message)} (${error.code})`);
  if (!(error instanceof ClientError)) return error;
  if (error.code === 'task-cancelled') return new Failure('The task was cancelled.');
  const goOn = `It goes on at the server; to follow it again: --resume ${pack(handle)}`;
  if (error.code === 'input-unsupported')
    return new Failure(
      `The task asks a question, and there is no terminal to ask it on. ${goOn}`,
      EXIT.inputNeeded,
    );
  return new Failure(`${visible(error.message)} ${goOn}`);
}

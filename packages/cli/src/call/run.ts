import {
  type ClientCapabilities,
  type InputResponses,
  paramHeaders,
  type Result,
  TASKS_EXTENSION,
} from '@switchyard/wire';
import { EXIT, Failure } from '../failure.ts';
import { withStoredToken } from '../login/stored.ts';
import { type TargetSettings, toHeaders, toUrl, warnOfPlainText } from '../target.ts';
import type { Terminal } from '../terminal.ts';
import { readArguments, undeclaredKeys } from './arguments.ts';
import { answerAll } from './ask.ts';
import { Link } from './link.ts';
import { RpcFailure } from './link-failure.ts';
import { printResult } from './print.ts';
import { showProgress } from './progress.ts';
import type { TaskTarget } from './task.ts';
import { type FoundTool, findTool, namesOfTools } from './tool.ts';

/** The options of `switchyard call`. */
export interface CallSettings extends TargetSettings {
  readonly args?: Readonly<Record<string, unknown>>;
  readonly json?: true;
  /** Seconds. */
  readonly timeout: number;
  /** Prints the reference of a task instead of waiting for it. */
  readonly detach?: true;
  /** The reference of a task to go on with. */
  readonly resume?: string;
}

/** What is called. */
export interface CallTarget {
  readonly url: string;
  readonly tool: string | undefined;
  readonly pairs: readonly string[];
}

/** Calls a tool, asking its questions on the terminal, and prints the result; resolves with the exit code. Throws `Failure` where it does not come to a result. */
export async function runCall(
  target: CallTarget,
  settings: CallSettings,
  terminal: Terminal,
): Promise<number> {
  const url = toUrl(target.url);
  const headers = await withStoredToken(url, toHeaders(settings), terminal);
  warnOfPlainText(url, headers, terminal);
  const way = { url, headers, timeoutMs: settings.timeout * 1000 };
  if (settings.resume !== undefined) {
    if (target.tool !== undefined) throw new Failure('With --resume, no tool is called: leave it out.');
    return finish({ ...way, task: settings.resume }, settings, terminal);
  }
  // Only what can be done is declared: a tool may then do without.
  const elicitation = terminal.interactive ? { elicitation: { form: {}, url: {} } } : {};
  const capabilities: ClientCapabilities = { ...elicitation, extensions: { [TASKS_EXTENSION]: {} } };
  const link = new Link({ ...way, capabilities });
  if (target.tool === undefined)
    throw new Failure(`Which tool? Name it behind the URL. ${await namesOfTools(link)}`);
  const tool = await findTool(link, target.tool);
  const args = readArguments(target.pairs, settings.args ?? {}, tool.inputSchema);
  for (const key of undeclaredKeys(args, tool.inputSchema))
    terminal.note(`note: "${tool.name}" declares no argument "${key}".`);
  const result = await callTool(link, { tool, args, host: url.host }, terminal).finally(() =>
    terminal.status(undefined),
  );
  if (result.resultType !== 'task') return printResult(result, settings.json ?? false, terminal);
  return finish({ ...way, task: { taskId: String(result['taskId']), name: tool.name } }, settings, terminal);
}

/** Waits for a task, or says how to go on with it. */
async function finish(target: TaskTarget, settings: CallSettings, terminal: Terminal): Promise<number> {
  const { followTask, referenceTo } = await import('./task.ts');
  if (settings.detach === true) {
    terminal.print(referenceTo(target, terminal));
    return EXIT.ok;
  }
  return printResult(await followTask(target, terminal), settings.json ?? false, terminal);
}

// ---

/** How often a tool may ask before the call is given up. */
const MAX_ROUNDS = 20;

interface Call {
  readonly tool: FoundTool;
  readonly args: Readonly<Record<string, unknown>>;
  readonly host: string;
}

async function callTool(link: Link, { tool, args, host }: Call, terminal: Terminal): Promise<Result> {
  let round: { inputResponses?: InputResponses; requestState?: string } = {};
  for (let count = 0; count < MAX_ROUNDS; count += 1) {
    const request = {
      method: 'tools/call',
      name: tool.name,
      params: { name: tool.name, arguments: args, ...round },
    };
    const headers = paramHeaders(tool.bindings, args);
    const onNotification = (notification: Parameters<typeof showProgress>[0]): void =>
      showProgress(notification, terminal);
    const result = await link.request({ ...request, headers, onNotification }).catch(explain);
    const { resultType = 'complete', inputRequests, requestState } = result;
    if (resultType === 'complete' || resultType === 'task') return result;
    if (resultType !== 'input_required')
      throw new Failure(`The tool answered with a "${resultType}", which this command does not know.`);
    terminal.status(undefined);
    const inputResponses =
      inputRequests === undefined
        ? undefined
        : await answerAll(inputRequests, { host, tool: tool.name }, terminal);
    round = {
      ...(inputResponses === undefined ? {} : { inputResponses }),
      ...(typeof requestState === 'string' ? { requestState } : {}),
    };
  }
  throw new Failure(`The tool has asked ${MAX_ROUNDS} times and still does not answer.`);
}

/** A tool that needs to ask has an exit code of its own. */
function explain(error: unknown): never {
  if (error instanceof RpcFailure && error.asksForElicitation) {
    throw new Failure(
      'The tool asks a question, and there is no terminal to ask it on. Run the command in a terminal.',
      EXIT.inputNeeded,
    );
  }
  throw error;
}

import { readFile } from 'node:fs/promises';
import {
  askPolicy,
  ConfigError,
  loadConfig,
  type Plan,
  type PolicyAnswer,
  type PolicyCaseOutcome,
  type PolicyQuestion,
  parsePolicyCases,
  testPolicy,
} from '@switchyard/gateway';
import { isRequestMethod, PROTOCOL_VERSION } from '@switchyard/wire';
import { visible } from '../call/visible.ts';
import { EXIT, Failure } from '../failure.ts';
import { fileFailure } from '../file-failure.ts';
import type { Terminal } from '../terminal.ts';

/** The options of `switchyard policy test`. */
export interface TestSettings {
  readonly json?: true;
}

/** Puts the cases to the policy and prints how it did; resolves with the exit code. Throws `Failure` for files that cannot be used. */
export async function runPolicyTest(
  { config, cases: file, json }: TestSettings & { readonly config: string; readonly cases: string },
  terminal: Terminal,
): Promise<number> {
  const plan = await planIn(config);
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw fileFailure(error, file, 'read');
  });
  const cases = explained(() => parsePolicyCases(text, file));
  const outcomes = explained(() => testPolicy(plan, cases));
  noteUnknown(
    cases.map(({ request }) => request.method),
    terminal,
  );
  const failed = outcomes.filter(({ passed }) => !passed).length;
  if (json)
    terminal.print(JSON.stringify({ passed: outcomes.length - failed, failed, cases: outcomes }, null, 2));
  else printOutcomes(outcomes, failed, terminal);
  return failed === 0 ? EXIT.ok : EXIT.failed;
}

/** The options of `switchyard policy explain`; the texts are JSON. */
export interface ExplainSettings {
  readonly name?: string;
  readonly server?: string;
  readonly caller: string;
  readonly args: string;
  readonly annotations?: string;
  readonly param?: readonly string[];
  readonly json?: true;
}

/** Prints what the policy decides on one request and why. Throws `Failure` for what cannot be asked. */
export async function runPolicyExplain(
  settings: ExplainSettings & {
    readonly config: string;
    readonly method: string;
  },
  terminal: Terminal,
): Promise<void> {
  const plan = await planIn(settings.config);
  const answer = explained(() => askPolicy(plan, questionOf(settings)));
  noteUnknown([settings.method], terminal);
  if (settings.json) terminal.print(JSON.stringify(answer, null, 2));
  else printAnswer(answer, terminal);
}

// ---

/** A method may be an extension's; mostly it is misspelt, and a policy that denies by default would seem to do its work. */
function noteUnknown(methods: readonly string[], terminal: Terminal): void {
  const unknown = new Set(
    methods.filter((method) => !isRequestMethod(method) && !method.startsWith(TASK_METHODS)),
  );
  for (const method of unknown)
    terminal.note(
      `note: ${PROTOCOL_VERSION} has no method ${visible(method)}; only a server with an extension of that method answers it`,
    );
}

const TASK_METHODS = 'tasks/';

async function planIn(config: string): Promise<Plan> {
  try {
    return (await loadConfig(config)).plan;
  } catch (error) {
    throw error instanceof ConfigError ? new Failure(error.message) : error;
  }
}

function explained<Answer>(ask: () => Answer): Answer {
  try {
    return ask();
  } catch (error) {
    // A question that cannot be asked is a TypeError.
    if (error instanceof ConfigError || error instanceof TypeError) throw new Failure(visible(error.message));
    throw error;
  }
}

function questionOf({
  method,
  name,
  server,
  ...texts
}: ExplainSettings & { readonly method: string }): PolicyQuestion {
  const annotations =
    texts.annotations === undefined ? {} : { annotations: mappingIn('--annotations', texts.annotations) };
  const params = Object.fromEntries((texts.param ?? []).map(toParam));
  return {
    caller: mappingIn('--caller', texts.caller),
    request: {
      method,
      ...(name === undefined ? {} : { name }),
      ...(server === undefined ? {} : { server }),
      ...{ args: mappingIn('--args', texts.args), params },
      ...annotations,
    },
  };
}

function mappingIn(option: string, text: string): Record<string, never> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Failure(`${option} is not valid JSON`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Failure(`${option} must be a JSON object`);
  // What a person writes here is for that person alone: a member of a wrong type makes rules fail, and is shown to.
  return value as Record<string, never>;
}

function toParam(text: string): readonly [string, string] {
  const end = text.indexOf('=');
  if (end < 1) throw new Failure(`--param takes name=value, not ${visible(text)}`);
  return [text.slice(0, end), text.slice(end + 1)];
}

function printOutcomes(outcomes: readonly PolicyCaseOutcome[], failed: number, terminal: Terminal): void {
  for (const { name, passed, expected, answer } of outcomes) {
    if (passed) terminal.print(`ok    ${visible(name)}`);
    else terminal.print(`FAIL  ${visible(name)}: expected ${expected}, is ${decision(answer)}`);
  }
  terminal.print(`${outcomes.length - failed} of ${outcomes.length} cases as expected`);
}

function printAnswer(answer: PolicyAnswer, terminal: Terminal): void {
  terminal.print(decision(answer));
  for (const { name, effect, says } of answer.rules) {
    terminal.print(`  ${effect.padEnd(5)}  ${SAYS[says].padEnd(14)}  ${name}`);
  }
}

const SAYS = { true: 'matches', false: 'does not match', fault: 'fails', unknown: 'cannot tell' } as const;

function decision({ outcome, because, rule }: PolicyAnswer): string {
  if (because === 'possible') return `${outcome}, as something of the server may be used`;
  return `${outcome} by ${rule === undefined ? 'default' : `rule ${rule}`}`;
}

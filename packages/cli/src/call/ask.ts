import type { ElicitResult, InputResponses } from '@switchyard/wire';
import { EXIT, Failure } from '../failure.ts';
import type { Terminal } from '../terminal.ts';
import { type Field, fieldsOf } from './field.ts';
import { visible } from './visible.ts';

/** Who asks. */
export interface Asker {
  readonly host: string;
  readonly tool: string;
}

/**
 * Puts a tool's questions to the person at the terminal. Throws `Failure` with exit code 2 where there is none, and with 1
 * for a question of a kind that this command has not said it can answer.
 * Spec: client/elicitation#user-interaction-model.
 */
export async function answerAll(
  requests: unknown,
  asker: Asker,
  terminal: Terminal,
): Promise<InputResponses> {
  if (!isObject(requests)) throw new Failure('The tool asks for input in a way that cannot be read.');
  const answers: [string, ElicitResult][] = [];
  for (const [key, request] of Object.entries(requests)) {
    const { method, params } = isObject(request) ? request : {};
    if (method !== 'elicitation/create' || !isObject(params)) {
      throw new Failure(`The tool asks for ${visible(String(method))}, which this command cannot give.`);
    }
    const message = visible(String(params['message']));
    if (!terminal.interactive) {
      throw new Failure(`The tool asks, and there is no terminal to answer on: ${message}`, EXIT.inputNeeded);
    }
    terminal.note(`\n${terminal.paint('bold', `${asker.host} asks`)} (tool ${asker.tool}): ${message}`);
    answers.push([
      key,
      params['mode'] === 'url'
        ? await visit(params['url'], terminal)
        : await fillIn(params['requestedSchema'], terminal),
    ]);
  }
  return Object.fromEntries(answers);
}

// ---

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

type Values = Map<string, string | number | boolean | string[]>;

async function fillIn(requestedSchema: unknown, terminal: Terminal): Promise<ElicitResult> {
  const fields = fieldsOf(requestedSchema);
  const values: Values = new Map();
  for (;;) {
    for (const field of fields) {
      if (!(await fill(field, values, terminal))) return { action: 'cancel' };
    }
    for (const [name, value] of values)
      terminal.note(`  ${visible(name)}: ${visible(JSON.stringify(value))}`);
    const choice = await choose(terminal, 'Send this? [Y]es, [e]dit, [d]ecline, [c]ancel: ', {
      letters: ['y', 'e', 'd', 'c'],
    });
    if (choice === 'y') return { action: 'accept', content: Object.fromEntries(values) };
    if (choice === 'd') return { action: 'decline' };
    if (choice === 'c') return { action: 'cancel' };
  }
}

/** Asks until the answer fits; false where the person gives up. What was answered before is offered again. */
async function fill(field: Field, values: Values, terminal: Terminal): Promise<boolean> {
  const offered = values.get(field.name) ?? field.fallback;
  const hint = offered === undefined ? (field.required ? '' : ' [skip]') : ` [${visible(String(offered))}]`;
  for (const line of field.help) terminal.note(terminal.paint('dim', `  ${visible(line)}`));
  for (;;) {
    const text = await terminal.ask(`  ${visible(field.label)}${hint}: `);
    if (text === undefined) return false;
    if (text.trim() === '') {
      if (offered !== undefined) values.set(field.name, offered);
      if (offered !== undefined || !field.required) return true;
      terminal.note('  An answer is needed; Ctrl-D cancels.');
      continue;
    }
    const read = field.read(text.trim());
    if (read.ok) {
      values.set(field.name, read.value);
      return true;
    }
    terminal.note(`  ${read.why}`);
  }
}

async function visit(address: unknown, terminal: Terminal): Promise<ElicitResult> {
  const url = typeof address === 'string' && URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !['https:', 'http:'].includes(url.protocol))
    throw new Failure('The tool sends you to an address that is no web page.');
  terminal.note(`  The page is at ${terminal.paint('bold', url.host)}: ${url.href}`);
  const choice = await choose(
    terminal,
    '  Open it in your browser and finish there. [d]one, [n]o, [c]ancel: ',
    { letters: ['d', 'n', 'c'], fallback: 'c' },
  );
  return { action: choice === 'd' ? 'accept' : choice === 'n' ? 'decline' : 'cancel' };
}

/** One of the letters; `fallback` for an empty line (the first letter unless given), `c` where the person ends the input. */
async function choose(
  terminal: Terminal,
  question: string,
  { letters, fallback = letters[0] }: { letters: readonly string[]; fallback?: string },
): Promise<string> {
  for (;;) {
    const text = await terminal.ask(question);
    if (text === undefined) return 'c';
    const letter = text.trim() === '' ? fallback : text.trim().slice(0, 1).toLowerCase();
    if (letter !== undefined && letters.includes(letter)) return letter;
  }
}

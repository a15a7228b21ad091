import type { CompleteResult } from '@switchyard/wire';
import { reject } from '@switchyard/wire';
import { HandlerContext } from '../context/handler-context.ts';
import type { Completer, Completion } from '../define/completion.ts';
import { isVisible } from '../identity/visibility.ts';
import type { Operation, Walk } from '../walk.ts';
import { isStringRecord } from './params.ts';
import { shown } from './shown.ts';

/** The specification's bound on suggestions in one result. */
const MAX_VALUES = 100;

/** `completion/complete`. See https://modelcontextprotocol.io/specification/2026-07-28/server/utilities/completion. */
export const completionComplete: Operation = {
  method: 'completion/complete',
  prepare(walk) {
    const { ref, argument, context } = walk.params;
    if (!isRecord(ref)) return reject('InvalidParams', 'params.ref must be an object.');
    if (
      !isRecord(argument) ||
      typeof argument['name'] !== 'string' ||
      typeof argument['value'] !== 'string'
    ) {
      return reject('InvalidParams', 'params.argument must have a name and a value, both strings.');
    }
    const filled = isRecord(context) ? (context['arguments'] ?? {}) : {};
    if (context !== undefined && !isRecord(context))
      return reject('InvalidParams', 'params.context must be an object.');
    if (!isStringRecord(filled))
      return reject('InvalidParams', 'params.context.arguments must be an object of strings.');
    const found = findArguments(walk, ref);
    if (typeof found === 'string') return reject('InvalidParams', found);
    const name = argument['name'];
    if (!found.names.includes(name))
      return reject('InvalidParams', `There is no argument '${shown(name)}' to complete.`);
    // An argument may well be called `constructor`.
    const completer = Object.hasOwn(found.completers, name) ? found.completers[name] : undefined;
    walk.target = { completer, value: argument['value'], filled } satisfies Wanted;
    return undefined;
  },
  async run(walk) {
    // `prepare` has put it there.
    const { completer, value, filled } = walk.target as Wanted;
    const completion =
      completer === undefined ? [] : await completer(value, filled, new HandlerContext(walk));
    return toResult(completion);
  },
};

interface Wanted {
  readonly completer: Completer | undefined;
  readonly value: string;
  readonly filled: Readonly<Record<string, string>>;
}

interface Arguments {
  readonly names: readonly string[];
  readonly completers: Readonly<Record<string, Completer>>;
}

function findArguments({ snapshot, principal }: Walk, ref: Record<string, unknown>): Arguments | string {
  if (ref['type'] === 'ref/prompt') {
    const prompt = typeof ref['name'] === 'string' ? snapshot.prompts.get(ref['name']) : undefined;
    if (prompt === undefined || !isVisible(prompt.visible, principal))
      return `Unknown prompt: ${shown(ref['name'])}`;
    return { names: (prompt.entry.arguments ?? []).map(({ name }) => name), completers: prompt.complete };
  }
  if (ref['type'] !== 'ref/resource') return "params.ref.type must be 'ref/prompt' or 'ref/resource'.";
  const uri = ref['uri'];
  const found = snapshot.templates.find(({ entry }) => entry.uriTemplate === uri);
  if (found !== undefined && isVisible(found.visible, principal)) {
    return { names: [...found.template.variables], completers: found.complete };
  }
  return `Unknown resource template: ${shown(uri)}`;
}

function toResult(completion: Completion): CompleteResult {
  const given = isList(completion) ? { values: completion } : completion;
  const values = given.values.slice(0, MAX_VALUES);
  if (!values.every((value) => typeof value === 'string')) throw new Error('A completer must return texts.');
  if (given.total !== undefined && !Number.isSafeInteger(given.total)) {
    throw new Error('The total of a completer must be a whole number.');
  }
  const cut = given.values.length > MAX_VALUES;
  const total = given.total ?? (isList(completion) || cut ? given.values.length : undefined);
  const hasMore = cut || (given.hasMore ?? (total !== undefined && total > values.length));
  return {
    resultType: 'complete',
    completion: { values, ...(total === undefined ? {} : { total }), hasMore },
  };
}

const isList = (completion: Completion): completion is readonly string[] => Array.isArray(completion);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

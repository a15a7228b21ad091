import type { OutcomeEntry } from './entry.ts';

type Said = Pick<OutcomeEntry, 'result' | 'code' | 'isError' | 'listed'>;

/** What an answer says of itself. */
export type SaidOutcome = { readonly [Key in keyof Said]?: Said[Key] | undefined };

const MOST_LISTED = 1000;
const LISTS: Readonly<Record<string, readonly [string, string]>> = {
  'tools/list': ['tools', 'name'],
  'prompts/list': ['prompts', 'name'],
  'resources/list': ['resources', 'uri'],
  'resources/templates/list': ['resourceTemplates', 'uriTemplate'],
};

/** Whether answers to this method are lists, whose members are put on record. */
export function isList(method: string): boolean {
  return Object.hasOwn(LISTS, method);
}

/** What the whole body of an answer says; nothing where it is no JSON-RPC response. */
export function outcomeOf(method: string, message: unknown): SaidOutcome {
  if (!isObject(message)) return {};
  const { error, result } = message;
  if (isObject(error)) {
    const { code } = error;
    return { result: 'error', code: typeof code === 'number' ? code : undefined };
  }
  if (!isObject(result)) return {};
  const type = result['resultType'];
  return {
    result: typeof type === 'string' ? type.slice(0, 64) : undefined,
    isError: result['isError'] === true ? true : undefined,
    listed: listedIn(method, result),
  };
}

// ---

function listedIn(method: string, result: Record<string, unknown>): readonly string[] | undefined {
  const [list, key] = LISTS[method] ?? [];
  const members = list === undefined ? undefined : result[list];
  if (key === undefined || !Array.isArray(members)) return undefined;
  return members.slice(0, MOST_LISTED).map((member) => nameOf(isObject(member) ? member[key] : undefined));
}

/** Whatever a server puts in the place of a name, it gets its place in the list. */
function nameOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

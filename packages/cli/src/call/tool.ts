import { compileHeaderBindings, type HeaderBinding } from '@switchyard/wire';
import { Failure } from '../failure.ts';
import type { Link } from './link.ts';
import { visible } from './visible.ts';

/** What is known of a tool before it is called. */
export interface FoundTool {
  readonly name: string;
  readonly inputSchema: Readonly<Record<string, unknown>>;
  /** Arguments that headers repeat. */
  readonly bindings: readonly HeaderBinding[];
}

/** The most pages of a list that are asked for: against a server that always names a next one. */
const MAX_PAGES = 200;

/** Looks a tool up. Rejects with `Failure` where there is none of that name, or its declaration must not be used. */
export async function findTool(link: Link, name: string): Promise<FoundTool> {
  const names: string[] = [];
  for await (const tool of toolsOf(link)) {
    if (tool['name'] === name) return toFound(name, tool['inputSchema']);
    names.push(String(tool['name']));
  }
  throw new Failure(unknownTool(name, names));
}

/** The names of a server's tools, for who has named none. */
export async function namesOfTools(link: Link): Promise<string> {
  const names = (await listTools(link)).map(({ name }) => String(name));
  return names.length === 0 ? 'This server has no tools.' : `There is: ${shown(names)}.`;
}

/** Every tool that a server lists. Rejects with `Failure` where the list does not end. */
export async function listTools(link: Link): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const tools: Record<string, unknown>[] = [];
  for await (const tool of toolsOf(link)) tools.push(tool);
  return tools;
}

// ---

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

async function* toolsOf(link: Link): AsyncGenerator<Record<string, unknown>> {
  let cursor: string | undefined;
  let count = 0;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const params = cursor === undefined ? {} : { cursor };
    const result = await link.request({ method: 'tools/list', params });
    const tools = listOf(result['tools']);
    count += tools.length;
    yield* tools;
    const next = result['nextCursor'];
    if (typeof next !== 'string') return;
    cursor = next;
  }
  throw new Failure(`The list of tools goes on after ${MAX_PAGES} pages and ${count} tools.`);
}

const listOf = (value: unknown): Record<string, unknown>[] =>
  Array.isArray(value) ? value.filter(isObject) : [];

function toFound(name: string, inputSchema: unknown): FoundTool {
  const compiled = compileHeaderBindings(inputSchema);
  // A client must not use such a tool. Spec: basic/transports/streamable-http#schema-extension.
  if (!compiled.ok)
    throw new Failure(
      `The server declares "${name}" wrongly, so it cannot be called: ${visible(compiled.reason)}.`,
    );
  return { name, inputSchema: isObject(inputSchema) ? inputSchema : {}, bindings: compiled.bindings };
}

const SHOWN = 20;

function unknownTool(name: string, names: readonly string[]): string {
  if (names.length === 0) return `There is no tool "${name}": this server has no tools.`;
  return `There is no tool "${name}" here. There is: ${shown(names)}.`;
}

function shown(names: readonly string[]): string {
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : '';
  return `${visible(names.slice(0, SHOWN).join(', '))}${more}`;
}

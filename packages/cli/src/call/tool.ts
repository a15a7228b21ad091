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
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const result = await link.request({
      method: 'tools/list',
      params: cursor === undefined ? {} : { cursor },
    });
    for (const tool of listOf(result['tools'])) {
      if (tool['name'] === name) return toFound(name, tool['inputSchema']);
      names.push(String(tool['name']));
    }
    const next = result['nextCursor'];
    if (typeof next !== 'string') throw new Failure(unknownTool(name, names));
    cursor = next;
  }
  throw new Failure(
    `"${name}" is not among the first ${names.length} tools of this server, and its list goes on.`,
  );
}

// ---

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

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
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : '';
  return `There is no tool "${name}" here. There is: ${visible(names.slice(0, SHOWN).join(', '))}${more}.`;
}

import { decodeHeaderValue, HEADER } from '@switchyard/wire';
import { unionScopes } from '../scopes.ts';
import type { RequestCredentials } from './principal.ts';

/** What a request is about, as its headers say; the server refuses it later if its body says otherwise. */
export interface Operation {
  /** Such as `tools/call`. */
  readonly method: string;
  /** The tool, resource or prompt that is asked for. */
  readonly name?: string;
}

/** Which scopes a request needs. What several of the members ask for is needed together. */
export interface ScopeRules {
  /** Needed by every request. */
  readonly always?: readonly string[];
  /** Needed by a method, such as `tools/call`. */
  readonly methods?: Readonly<Record<string, readonly string[]>>;
  /** Needed by a call of a tool, by the tool's name. */
  readonly tools?: Readonly<Record<string, readonly string[]>>;
  /** Decides in code. */
  readonly decide?: (operation: Operation) => readonly string[];
}

/** The scopes that a request needs by the rules. `undefined` when its `Mcp-Name` cannot be read: nothing is permitted then. */
export function requiredScopes(
  rules: ScopeRules,
  credentials: RequestCredentials,
): readonly string[] | undefined {
  const method = credentials.header(HEADER.method)?.trim() ?? '';
  const raw = credentials.header(HEADER.name);
  const name = raw === undefined ? undefined : decodeHeaderValue(raw);
  if (name?.ok === false) return undefined;
  const operation = name === undefined ? { method } : { method, name: name.value };
  const needed = unionScopes(
    rules.always ?? [],
    own(rules.methods, method),
    method === 'tools/call' && name !== undefined ? own(rules.tools, name.value) : [],
    rules.decide?.(operation) ?? [],
  );
  // It is between client and authorization server, and never asked for here. Spec: basic/authorization#refresh-tokens.
  return needed.filter((scope) => scope !== 'offline_access');
}

/** Adds to held scopes what they imply, through any number of steps. */
export function withImplied(
  held: readonly string[],
  implied: Readonly<Record<string, readonly string[]>>,
): readonly string[] {
  const all = new Set(held);
  // A set also visits what is added on the way.
  for (const scope of all) for (const further of own(implied, scope)) all.add(further);
  return [...all];
}

// ---

function own(table: Readonly<Record<string, readonly string[]>> | undefined, key: string): readonly string[] {
  return table !== undefined && Object.hasOwn(table, key) ? (table[key] ?? []) : [];
}

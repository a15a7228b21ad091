import type { ConfigSchemaNode } from '../config/schema-node.ts';

/** Which scopes requests need; what several members ask for is needed together. */
export interface ScopesConfig {
  readonly always?: readonly string[];
  readonly methods?: Readonly<Record<string, readonly string[]>>;
  readonly tools?: Readonly<Record<string, readonly string[]>>;
}

const NAMES: ConfigSchemaNode = {
  title: 'a list of scopes',
  type: 'array',
  maxItems: 100,
  items: {
    title: 'a scope: visible ASCII without quotes',
    type: 'string',
    pattern: '^[!#-\\[\\]-~]{1,256}$',
  },
};

/** The schema of a mapping from names to scopes. */
export function scopesByName(description: string): ConfigSchemaNode {
  return {
    title: 'a mapping from names to lists of scopes',
    description,
    type: 'object',
    maxProperties: 10_000,
    additionalProperties: NAMES,
  };
}

/** The schema of `scopes`, of `identify` and of a server. */
export const SCOPES: ConfigSchemaNode = {
  title: 'the keys always, methods and tools',
  description:
    'The scopes that requests need. Who lacks one is answered 403 with all that the request needs, so that a client can ask for them.',
  type: 'object',
  additionalProperties: false,
  properties: {
    always: { ...NAMES, description: 'Needed by every request.' },
    methods: scopesByName('Needed by a method, such as `tools/call`.'),
    tools: scopesByName("Needed by a call of a tool, by the server's own name for it."),
  },
};

/** The schema of a list of scopes that somebody has. */
export const SCOPE_LIST: ConfigSchemaNode = NAMES;

/** What a request needs, by several sets of rules together. */
export class ScopeNeeds {
  readonly #rules: readonly ScopesConfig[];
  readonly #always: readonly string[];
  /** Whether every request needs the same. */
  readonly #constant: boolean;

  constructor(rules: readonly ScopesConfig[]) {
    this.#rules = rules;
    this.#always = union(rules.map(({ always = [] }) => always));
    this.#constant = rules.every(({ methods, tools }) => methods === undefined && tools === undefined);
  }

  /** Needed by every request. */
  get always(): readonly string[] {
    return this.#always;
  }

  /** All the scopes that a request needs; `name` is the server's own. */
  of(method: string, name: string | undefined): readonly string[] {
    if (this.#constant) return this.#always;
    const lists = this.#rules.flatMap(({ methods, tools }) => [
      own(methods, method),
      method === 'tools/call' && name !== undefined ? own(tools, name) : [],
    ]);
    return union([this.#always, ...lists]);
  }
}

/** Scopes with all that they imply, through any number of steps. */
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

/** `offline_access` is between client and authorization server. Spec: basic/authorization#refresh-tokens. */
function union(lists: readonly (readonly string[])[]): readonly string[] {
  return [...new Set(lists.flat())].filter((scope) => scope !== 'offline_access');
}

function own(table: Readonly<Record<string, readonly string[]>> | undefined, key: string): readonly string[] {
  return table !== undefined && Object.hasOwn(table, key) ? (table[key] ?? []) : [];
}

import { createHash } from 'node:crypto';
import { isExtensionId } from '@switchyard/wire';
import { type ConfigPath, type ConfigProblem, formatPath } from '../config/problem.ts';
import { COUNT, type ConfigSchemaNode, DURATION } from '../config/schema-node.ts';
import { SECRET, type SecretRef } from '../config/secret.ts';
import { positive } from '../plan/bounds.ts';

/** `federation`: one path for several servers. */
export interface FederationConfig {
  readonly path?: string;
  readonly servers?: readonly string[];
  readonly timeout?: string;
  readonly longestName?: number;
  readonly keys?: SecretRef;
  readonly extensions?: Readonly<Record<string, FederatedExtensionConfig>>;
}

/** An extension whose methods all go to one server. */
export interface FederatedExtensionConfig {
  readonly server: string;
  readonly methods: readonly string[];
}

/** The federation of a plan. */
export interface FederationPlan {
  readonly path: string;
  /** In the order of merged lists. */
  readonly members: readonly MemberPlan[];
  /** How long lists, discovery and acknowledgements wait for one member, in milliseconds. */
  readonly timeoutMs: number;
  /** The longest qualified name that is offered, in characters. */
  readonly longestName: number;
  /** What handles are sealed with; `undefined` for keys that only this process has. */
  readonly keys: SecretRef | undefined;
  /** The method of an extension, and the name of the server that it goes to. */
  readonly methods: ReadonlyMap<string, string>;
  /** The ids of those extensions, and the name of their server. */
  readonly extensions: ReadonlyMap<string, string>;
  /** Equal for two plans only where a name means the same to both. */
  readonly version: string;
}

/** A server of a federation. */
export interface MemberPlan {
  /** The server's name in the configuration. */
  readonly server: string;
  /** What stands before the names of its tools and prompts; empty for the one whose names stay as they are. */
  readonly prefix: string;
  /** The prefix as it stands in URIs, where upper case and `_` cannot. */
  readonly label: string;
}

/** The schema of `servers.<name>.prefix`. */
export const PREFIX: ConfigSchemaNode = {
  title: 'up to 64 letters, digits, ".", "_" or "-", starting with a letter or digit, or ""',
  description:
    'What the names of this server begin with on the federated path: `<prefix>__<name>`. No `__` in it and no `_` at its end. `""` leaves the names of one server as they are. Default: the name of the server.',
  type: 'string',
  pattern: '^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$',
};

const EXTENSION: ConfigSchemaNode = {
  title: 'a mapping with server and methods',
  type: 'object',
  additionalProperties: false,
  required: ['server', 'methods'],
  properties: {
    server: {
      title: 'the name of a server',
      description: 'The server that carries the extension: its methods all go there, as they are.',
      type: 'string',
      minLength: 1,
      maxLength: 64,
    },
    methods: {
      title: 'a list of methods',
      description: "The extension's methods.",
      type: 'array',
      minItems: 1,
      maxItems: 100,
      uniqueItems: true,
      items: { title: 'a method such as "skills/list"', type: 'string', pattern: '^[!-~]{1,128}$' },
    },
  },
};

/** The schema of `federation`. */
export const FEDERATION: ConfigSchemaNode = {
  title: 'the keys path, servers, timeout, longestName, keys and extensions',
  description:
    'One path for several servers: `{}` is enough. Names of tools and prompts are qualified (`<prefix>__<name>`), lists are merged, everything else goes to the server that the name says.',
  type: 'object',
  additionalProperties: false,
  properties: {
    path: {
      title: 'a path that starts with "/", such as "/mcp"',
      description: 'The path clients use, matched exactly.',
      type: 'string',
      pattern: "^/[A-Za-z0-9._~!$&'()*+,;=:@/-]*$",
      maxLength: 1024,
      default: '/mcp',
    },
    servers: {
      title: 'a list of server names',
      description:
        'The servers it has, in the order of merged lists. Default: all, in the order of `servers`.',
      type: 'array',
      minItems: 1,
      maxItems: 1000,
      uniqueItems: true,
      items: { title: 'the name of a server', type: 'string', minLength: 1, maxLength: 64 },
    },
    timeout: {
      ...DURATION,
      description:
        'How long lists, discovery and acknowledgements wait for one server. What it has is then left out of the answer, and the answer says so.',
      default: '5s',
    },
    longestName: {
      ...COUNT,
      description:
        'The longest qualified name that is offered; longer ones are left out, and the list says so. Some model APIs refuse a whole list for one name of more than 64.',
      minimum: 16,
      maximum: 256,
      default: 128,
    },
    keys: {
      ...SECRET,
      description:
        'What cursors, task ids and request states are sealed with: `id:secret` as `switchyard keys` writes it, several with commas; the first seals, all open. All instances need the same. Default: a key that only this process has.',
    },
    extensions: {
      title: 'a mapping from extension ids to servers',
      description:
        'Extensions beyond tasks and apps, whose methods the gateway does not know: each goes to one server. Others are not announced.',
      type: 'object',
      maxProperties: 100,
      additionalProperties: EXTENSION,
    },
  },
};

/** What of the configuration a federation is compiled from. */
export interface FederationSource {
  readonly federation?: FederationConfig;
  readonly servers: Readonly<Record<string, { readonly prefix?: string }>>;
}

/** Makes the plan of a federation; `undefined` where none is configured. */
export function compileFederation(
  { federation, servers }: FederationSource,
  problems: ConfigProblem[],
): FederationPlan | undefined {
  if (federation === undefined) {
    for (const [name, { prefix }] of Object.entries(servers))
      if (prefix !== undefined) say(problems, ['servers', name, 'prefix'], 'needs a federation');
    return undefined;
  }
  const names = memberNames(federation, servers, problems);
  const members = names.map((name) => memberOf(name, servers[name]?.prefix, problems));
  checkDistinct(members, problems);
  const { extensions, methods } = compileExtensions(federation, names, problems);
  return {
    path: federation.path ?? '/mcp',
    members,
    timeoutMs: positive(federation.timeout ?? '5s', ['federation', 'timeout'], problems),
    longestName: federation.longestName ?? 128,
    keys: federation.keys,
    methods,
    extensions,
    version: versionOf(members),
  };
}

// ---

type Problems = ConfigProblem[];

function say(problems: Problems, path: ConfigPath, message: string): void {
  problems.push({ path, message: `${formatPath(path)} ${message}` });
}

function memberNames(
  federation: FederationConfig,
  servers: FederationSource['servers'],
  problems: Problems,
): readonly string[] {
  const known = Object.keys(servers);
  if (federation.servers === undefined) return known;
  for (const [i, name] of federation.servers.entries())
    if (!known.includes(name)) say(problems, ['federation', 'servers', i], `"${name}" is not a server`);
  return federation.servers.filter((name) => known.includes(name));
}

function memberOf(server: string, given: string | undefined, problems: Problems): MemberPlan {
  const prefix = given ?? server;
  if (prefix.includes('__') || prefix.endsWith('_')) {
    const what = given === undefined ? 'needs a prefix for the federation: its name' : `is "${prefix}"; it`;
    const path = ['servers', server, ...(given === undefined ? [] : ['prefix'])];
    say(problems, path, `${what} must not hold "__" or end with "_", which separate prefixes from names`);
  }
  return { server, prefix, label: labelOf(prefix) };
}

/** Schemes are case-insensitive, begin with a letter and have no `_` (RFC 3986, section 3.1). */
function labelOf(prefix: string): string {
  const label = prefix.toLowerCase().replaceAll('_', '-');
  return /^[0-9]/.test(label) ? `s${label}` : label;
}

function checkDistinct(members: readonly MemberPlan[], problems: Problems): void {
  const owners = new Map<string, MemberPlan>();
  for (const member of members) {
    const owner = owners.get(member.label);
    if (owner === undefined) {
      owners.set(member.label, member);
      continue;
    }
    const same = member.prefix === owner.prefix;
    const what =
      member.prefix === ''
        ? `leaves its names unqualified, as server "${owner.server}" does; only one server can`
        : same
          ? `has the prefix "${member.prefix}", which server "${owner.server}" already has`
          : `has the prefix "${member.prefix}", which is the same in URIs as "${owner.prefix}" of server "${owner.server}"`;
    say(problems, ['servers', member.server], what);
  }
}

function compileExtensions(
  federation: FederationConfig,
  names: readonly string[],
  problems: Problems,
): Pick<FederationPlan, 'extensions' | 'methods'> {
  const extensions = new Map<string, string>();
  const methods = new Map<string, string>();
  for (const [id, { server, methods: own }] of Object.entries(federation.extensions ?? {})) {
    const at = ['federation', 'extensions', id];
    if (!isExtensionId(id)) say(problems, at, 'is not the id of an extension, such as "com.example/search"');
    if (CARRIED.has(id)) say(problems, at, 'is carried for every server already');
    if (!names.includes(server))
      say(problems, [...at, 'server'], `is "${server}", which is not a server of the federation`);
    extensions.set(id, server);
    for (const method of own) {
      if (methods.has(method) || RESERVED.test(method))
        say(problems, [...at, 'methods'], `"${method}" already goes somewhere else`);
      methods.set(method, server);
    }
  }
  return { extensions, methods };
}

/** The extensions that a federation carries from end to end, for every server. */
export const CARRIED: ReadonlySet<string> = new Set([
  'io.modelcontextprotocol/tasks',
  'io.modelcontextprotocol/ui',
]);

const RESERVED = /^(tools|prompts|resources|completion|server|subscriptions|tasks)\//;

function versionOf(members: readonly MemberPlan[]): string {
  const text = JSON.stringify(members.map(({ server, prefix }) => [server, prefix]));
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
}

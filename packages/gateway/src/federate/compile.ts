import { createHash } from 'node:crypto';
import { isExtensionId } from '@switchyard/wire';
import { type ConfigPath, type ConfigProblem, formatPath } from '../config/problem.ts';
import { positive } from '../plan/bounds.ts';
import type { FederationConfig, FederationPlan, MemberPlan } from './config.ts';

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

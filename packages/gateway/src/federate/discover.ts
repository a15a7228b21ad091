import { META, PROTOCOL_VERSION, type Result } from '@switchyard/wire';
import type { Refusal } from '../refusal.ts';
import { writeSaid } from '../surface/serve.ts';
import { askMembers, type MemberAnswer, nameOf, visibleMembers } from './ask-members.ts';
import { CARRIED } from './compile.ts';
import { freshnessOf, MISSING_KEY, refusalOf, withErrorsMissing } from './list.ts';
import type { Request } from './request.ts';

/** Answers `server/discover` for the federation: what any member can do can be done here, at that member. */
export async function discover(request: Request): Promise<Refusal | undefined> {
  const { exchange, message, context, door, runtime } = request;
  const questions = visibleMembers(request, 'server/discover').map((member) => ({ member, params: {} }));
  const answers = await askMembers(request, 'server/discover', questions);
  if (exchange.ended) return undefined;
  const refusal = refusalOf(answers);
  if (refusal !== undefined) return refusal;
  const merged = mergeDiscovery(answers, door.qualifier.plan.extensions);
  // Where callers may know of different servers, nobody shares what one was told.
  const freshness = freshnessOf(answers, context.authority === undefined);
  const missing = withErrorsMissing(answers);
  const _meta = {
    [META.serverInfo]: runtime.info,
    ...(missing.length === 0 ? {} : { [MISSING_KEY]: missing }),
  };
  const result = { ...merged, ...freshness, _meta };
  const parts = { id: message.request.id, headers: context.extraHeaders(exchange) };
  writeSaid(exchange, { kind: 'result', result, notifications: [] }, parts);
  return undefined;
}

/**
 * One description of several servers. Capabilities are the union: none is lost because one server lacks it. An extension is
 * announced only where the federation can carry it from end to end: those it knows, and those configured to go to one server.
 */
export function mergeDiscovery(
  answers: readonly MemberAnswer[],
  extensions: ReadonlyMap<string, string>,
): Result {
  const capabilities: Record<string, unknown> = {};
  const instructions: string[] = [];
  for (const answer of answers) {
    if (answer.kind !== 'said' || answer.said.kind !== 'result') continue;
    const { member, said } = answer;
    const own = said.result['capabilities'];
    const carries = (id: string) => CARRIED.has(id) || extensions.get(id) === member.server;
    if (isObject(own)) addCapabilities(capabilities, own, carries);
    const text = said.result['instructions'];
    if (typeof text === 'string' && text !== '') instructions.push(section(nameOf(member), text));
  }
  return {
    resultType: 'complete',
    supportedVersions: [PROTOCOL_VERSION],
    capabilities,
    ...(instructions.length === 0 ? {} : { instructions: bounded(instructions) }),
  };
}

// ---

const MERGED = ['tools', 'prompts', 'resources', 'completions', 'logging', 'experimental'] as const;

function addCapabilities(
  sum: Record<string, unknown>,
  own: Record<string, unknown>,
  carries: (id: string) => boolean,
): void {
  for (const name of MERGED) {
    const capability = own[name];
    if (isObject(capability)) sum[name] = union(sum[name], capability);
  }
  const offered = own['extensions'];
  if (!isObject(offered)) return;
  for (const [id, settings] of Object.entries(offered)) {
    if (!isObject(settings) || !carries(id)) continue;
    const extensions = isObject(sum['extensions']) ? sum['extensions'] : {};
    sum['extensions'] = { ...extensions, [id]: union(extensions[id], settings) };
  }
}

/** True where one is true; lists together; of two other values that differ, the first. */
function union(sum: unknown, own: unknown): unknown {
  if (isObject(sum) && isObject(own)) {
    const both: Record<string, unknown> = { ...sum };
    for (const [key, value] of Object.entries(own)) both[key] = key in sum ? union(sum[key], value) : value;
    return both;
  }
  if (Array.isArray(sum) && Array.isArray(own)) return [...new Set([...sum, ...own])];
  if (typeof sum === 'boolean' && typeof own === 'boolean') return sum || own;
  return sum ?? own;
}

const LONGEST_SECTION = 4096;
const LONGEST_INSTRUCTIONS = 16 * 1024;

function section(name: string, text: string): string {
  const short = text.length > LONGEST_SECTION ? `${text.slice(0, LONGEST_SECTION)}…` : text;
  return `# ${name}\n\n${short}`;
}

/** Whole sections only: half an instruction may say the opposite. */
function bounded(sections: readonly string[]): string {
  let text = '';
  for (const one of sections) {
    const longer = text === '' ? one : `${text}\n\n${one}`;
    if (longer.length <= LONGEST_INSTRUCTIONS) text = longer;
  }
  return text;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

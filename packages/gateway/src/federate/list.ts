import { ERRORS, META, type Result } from '@switchyard/wire';
import type { Refusal } from '../refusal.ts';
import { writeSaid } from '../surface/serve.ts';
import { askMembers, type MemberAnswer, missingMembers, nameOf, visibleMembers } from './ask-members.ts';
import type { MemberPlan } from './config.ts';
import { ITEMS, type LeftOut, type ListMethod, offered } from './list-items.ts';
import type { Request } from './request.ts';
import { refuseCursor, refuseMethod } from './unknown.ts';

/** Whether the method gives a list that a federation merges. */
export function isListMethod(method: string): method is ListMethod {
  return method in ITEMS;
}

/** The `_meta` key under which a merged answer names the servers that it lacks. */
export const MISSING_KEY = 'dev.switchyard/missing';

/** The `_meta` key under which a merged list names the entries that it cannot offer. */
const LEFT_OUT_KEY = 'dev.switchyard/left-out';

/** How long an answer that lacks a server is fresh at most, in milliseconds. */
export const INCOMPLETE_TTL_MS = 1000;

/**
 * Answers with one page of a merged list: the next page of every member that has one, in the order of the plan. A member that
 * does not answer costs only its own entries.
 */
export async function list(request: Request, method: ListMethod): Promise<Refusal | undefined> {
  const { exchange, message, context } = request;
  const places = await placesOf(request, method);
  if (places === undefined) return refuseCursor();
  const answers = await askMembers(request, method, places);
  if (exchange.ended) return undefined;
  const refusal = refusalOf(answers);
  if (refusal !== undefined) return refusal;
  // As a server of its own would: `server/discover` declares nothing of the kind either.
  if (answers.length > 0 && answers.every(hasNone)) return refuseMethod(method);
  const result = await merge({ request, method, answers });
  if (exchange.ended) return undefined;
  writeSaid(
    exchange,
    { kind: 'result', result, notifications: [] },
    { id: message.request.id, headers: context.extraHeaders(exchange) },
  );
  return undefined;
}

/** Whether a member says that it has nothing of the kind: then it lacks nothing. */
export function hasNone(answer: MemberAnswer): boolean {
  if (answer.kind !== 'said' || answer.said.kind !== 'error') return false;
  return answer.said.error.code === ERRORS.MethodNotFound.code;
}

/** The refusal of a merged answer that nobody contributes to, because nobody could: an empty answer would be a lie. */
export function refusalOf(answers: readonly MemberAnswer[]): Refusal | undefined {
  const [first] = answers;
  if (first === undefined || answers.some(({ kind }) => kind === 'said')) return undefined;
  return first.kind === 'missing' ? first.refusal : undefined;
}

/** Answers that are errors of the server, as members that are missing. */
export function withErrorsMissing(
  answers: readonly MemberAnswer[],
): readonly { server: string; why: string }[] {
  const failed = answers.flatMap((answer) =>
    answer.kind === 'said' && answer.said.kind === 'error' && !hasNone(answer)
      ? [{ server: nameOf(answer.member), why: 'error' }]
      : [],
  );
  return [...missingMembers(answers), ...failed];
}

// ---

interface Place {
  readonly member: MemberPlan;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Whom to ask, and from where on; `undefined` for a cursor that was not given here. */
async function placesOf(request: Request, method: ListMethod): Promise<readonly Place[] | undefined> {
  const { exchange, message, runtime } = request;
  const params = message.request.params ?? {};
  const { cursor, _meta: _, ...rest } = params;
  const visible = visibleMembers(request, method);
  if (cursor === undefined) return visible.map((member) => ({ member, params: rest }));
  if (typeof cursor !== 'string') return undefined;
  const place = await runtime.handles.openCursor(cursor, method, exchange.caller);
  return place?.at.flatMap(([server, own]) => {
    const member = visible.find((one) => one.server === server);
    return member === undefined ? [] : [{ member, params: { ...rest, cursor: own } }];
  });
}

interface Merging {
  readonly request: Request;
  readonly method: ListMethod;
  readonly answers: readonly MemberAnswer[];
}

async function merge({ request, method, answers }: Merging): Promise<Result> {
  const { exchange, runtime, door, message, context } = request;
  const rule = ITEMS[method];
  const items: unknown[] = [];
  const leftOut: LeftOut[] = [];
  const at: (readonly [string, string])[] = [];
  for (const answer of answers) {
    if (answer.kind !== 'said' || answer.said.kind !== 'result') continue;
    const { member, said } = answer;
    const page = offered(said.result[rule.items], { rule, member, qualifier: door.qualifier });
    items.push(...page.items);
    leftOut.push(...page.leftOut);
    for (const report of page.reports) runtime.reports.tell({ ...report, server: member.server, method });
    const { nextCursor } = said.result;
    if (typeof nextCursor === 'string') at.push([member.server, nextCursor]);
  }
  const first = message.request.params?.['cursor'] === undefined;
  const nextCursor =
    at.length === 0 ? undefined : await runtime.handles.sealCursor({ at }, method, exchange.caller);
  return {
    resultType: 'complete',
    [rule.items]: items,
    ...(nextCursor === undefined ? {} : { nextCursor }),
    // All pages of a list have one scope, and a cursor is its caller's own.
    ...freshnessOf(answers, first && nextCursor === undefined && context.authority === undefined),
    _meta: { [META.serverInfo]: runtime.info, ...notesOf(answers, leftOut) },
  };
}

const MOST_LEFT_OUT = 100;

function notesOf(answers: readonly MemberAnswer[], leftOut: readonly LeftOut[]): Record<string, unknown> {
  const missing = withErrorsMissing(answers);
  return {
    ...(missing.length === 0 ? {} : { [MISSING_KEY]: missing }),
    ...(leftOut.length === 0 ? {} : { [LEFT_OUT_KEY]: leftOut.slice(0, MOST_LEFT_OUT) }),
  };
}

/**
 * The caching hints of a merged answer: as short as the shortest, and public only where all are. Where a server is missing the
 * answer is soon asked for again.
 */
export function freshnessOf(
  answers: readonly MemberAnswer[],
  shareable: boolean,
): { readonly ttlMs: number; readonly cacheScope: 'public' | 'private' } {
  let ttlMs = withErrorsMissing(answers).length === 0 ? Number.MAX_SAFE_INTEGER : INCOMPLETE_TTL_MS;
  let shared = shareable;
  for (const answer of answers) {
    if (answer.kind !== 'said' || answer.said.kind !== 'result') continue;
    const { ttlMs: own, cacheScope } = answer.said.result;
    ttlMs = Math.min(ttlMs, typeof own === 'number' && Number.isSafeInteger(own) && own >= 0 ? own : 0);
    shared &&= cacheScope === 'public';
  }
  if (ttlMs === Number.MAX_SAFE_INTEGER) ttlMs = 0;
  return { ttlMs, cacheScope: shared ? 'public' : 'private' };
}

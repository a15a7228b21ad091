import { isInputRequired } from '@switchyard/wire';
import type { LiveServer } from '../plan/live.ts';
import { isRefusal, type Refusal, refuse } from '../refusal.ts';
import { ownQuestion } from '../surface/question.ts';
import type { Said } from '../surface/said.ts';
import type { MemberPlan } from './config.ts';
import type { Request } from './request.ts';
import type { FederateContext } from './runtime.ts';
import { TIMED_OUT, type TimeLimit, timeLimit } from './time-limit.ts';

/** What one member is asked. */
export interface MemberQuestion {
  readonly member: MemberPlan;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Why what a member has is not in a merged answer. A word, for callers: nothing of the inside. */
export type MissingWhy = 'unreachable' | 'timeout' | 'invalid' | 'error' | 'refused';

/** What became of one question. */
export type MemberAnswer =
  | { readonly kind: 'said'; readonly member: MemberPlan; readonly said: Said }
  | {
      readonly kind: 'missing';
      readonly member: MemberPlan;
      readonly why: MissingWhy;
      readonly refusal: Refusal;
    };

/**
 * Asks several members at once, each through its surface, and gives none of them more than the federation's time. Resolves
 * in the order of the questions, and never before all have answered or run out of time.
 */
export async function askMembers(
  request: Request,
  method: string,
  questions: readonly MemberQuestion[],
): Promise<readonly MemberAnswer[]> {
  const { exchange, door } = request;
  const abort = new AbortController();
  exchange.worker = { stop: () => abort.abort() };
  const limit = timeLimit(door.qualifier.plan.timeoutMs, exchange);
  const asked = questions.map((question) =>
    askOne({ request, question, method, limit, signal: abort.signal }),
  );
  const answers = await Promise.all(asked);
  limit.clear();
  // What has not answered in time is not waited for, and need not go on.
  abort.abort();
  for (const answer of answers) if (answer.kind === 'missing') report(request, method, answer);
  return answers;
}

/** The members of which the caller may know with that method, in the order of the plan. The others do not exist for it. */
export function visibleMembers(
  { exchange, door, context: { authority } }: Viewer,
  method: string,
): readonly MemberPlan[] {
  const { members } = door.qualifier.plan;
  if (authority === undefined) return members;
  return members.filter(({ server }) =>
    authority.mayShow(exchange, { server: door.servers.get(server), method }),
  );
}

/** Who looks at the members of a federation. */
export interface Viewer extends Pick<Request, 'exchange' | 'door'> {
  readonly context: Pick<FederateContext, 'authority'>;
}

/** What a merged answer says of the members that it lacks, for its `_meta`. */
export function missingMembers(
  answers: readonly MemberAnswer[],
): readonly { server: string; why: MissingWhy }[] {
  return answers.flatMap((answer) =>
    answer.kind === 'missing' ? [{ server: nameOf(answer.member), why: answer.why }] : [],
  );
}

/** The name by which callers know a member. */
export function nameOf({ prefix, server }: MemberPlan): string {
  return prefix === '' ? server : prefix;
}

// ---

interface One {
  readonly request: Request;
  readonly question: MemberQuestion;
  readonly method: string;
  readonly limit: TimeLimit;
  readonly signal: AbortSignal;
}

async function askOne(one: One): Promise<MemberAnswer> {
  const { request, question, limit } = one;
  const { member } = question;
  const server = request.door.servers.get(member.server);
  const missing = (why: MissingWhy, refusal: Refusal): MemberAnswer => ({
    kind: 'missing',
    member,
    why,
    refusal,
  });
  if (server === undefined) return missing('unreachable', refuse('no-replica'));
  const said = await Promise.race([ask(one, server), limit.passed]);
  if (said === TIMED_OUT) return missing('timeout', refuse('upstream-timeout'));
  if (isRefusal(said)) return missing(wordOf(said), said);
  return canGoOn(said) ? { kind: 'said', member, said } : missing('invalid', refuse('upstream-invalid'));
}

async function ask(
  { request: { exchange, message, context }, question, method, signal }: One,
  server: LiveServer,
): Promise<Said | Refusal> {
  const parts = { exchange, server, pseudonym: context.pseudonym, signal };
  try {
    return await context.surface.ask(ownQuestion({ method, params: question.params, message }, parts));
  } catch (error) {
    // A view that fails shows nothing; what the other members have is not its affair.
    context.log({ type: 'failed', error });
    return refuse('internal-error');
  }
}

/** A cursor goes into one of all members, which has to fit into a request. */
const LONGEST_CURSOR = 16 * 1024;

/** No list and no discovery asks for input: what says that it does is no page of one. */
function canGoOn(said: Said): boolean {
  if (said.kind === 'error') return true;
  if (isInputRequired(said.result)) return false;
  const cursor = said.result['nextCursor'];
  return typeof cursor !== 'string' || JSON.stringify(cursor).length <= LONGEST_CURSOR;
}

function wordOf({ reason }: Refusal): MissingWhy {
  if (reason === 'upstream-timeout') return 'timeout';
  if (reason === 'upstream-invalid') return 'invalid';
  if (reason === 'no-replica' || reason === 'upstream-lost') return 'unreachable';
  return 'refused';
}

function report({ exchange, context }: Request, method: string, answer: MemberAnswer): void {
  if (answer.kind !== 'missing' || exchange.ended) return;
  const { server } = answer.member;
  exchange.note({ stage: 'federate', decision: 'flagged', rule: server, detail: `missing: ${answer.why}` });
  context.log({ type: 'federation-missing', server, method, why: answer.why });
}

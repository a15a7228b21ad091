import type { Definitions } from '../definitions/definitions.ts';
import type { Exchange } from '../exchange.ts';
import type { Message } from '../message/message.ts';
import { messageOf } from '../message/read-body.ts';
import type { LiveServer } from '../plan/live.ts';
import { isRefusal, type Refusal, refuse } from '../refusal.ts';
import type { Outcome, Stage } from '../stage.ts';
import { refuseUnknown } from '../unknown-name.ts';
import type { Authority } from './authority.ts';
import type { PolicyBody } from './config.ts';
import { paramsOf } from './params.ts';
import type { Verdict } from './policy.ts';
import { namesTarget, type Target } from './target.ts';

/** What authorising needs. */
export interface AuthoriseParts {
  readonly authority: Authority;
  readonly body: PolicyBody;
  /** Where the annotations of tools are known from. */
  readonly definitions: Definitions;
}

/**
 * Lets callers do what the policy allows. Waits only for what a decision depends on: the definition of a tool where rules
 * look at annotations, the body where they look at arguments, or where the target stands only there.
 */
export function authoriseStage(parts: AuthoriseParts): Stage {
  return { name: 'authorise', enter: (exchange) => enter(exchange, parts) };
}

// ---

function enter(exchange: Exchange, parts: AuthoriseParts): Outcome | Promise<Outcome> {
  const target = targetOf(exchange, parts.authority);
  if (isRefusal(target)) return parts.authority.dryRun ? flagged(exchange, target) : target;
  const verdict = parts.authority.decide(exchange, target);
  if (verdict.outcome === 'denied') return denied(exchange, verdict, { authority: parts.authority, target });
  const { server } = exchange.request;
  if (server !== undefined && verdict.outcome === 'open') return learn(exchange, { target, server }, parts);
  if (verdict.outcome === 'open') return undefined;
  exchange.note(verdict.note);
  if (parts.body === 'always' || (server !== undefined && targetsInBody(target.method)))
    return inBody(exchange, parts);
  return undefined;
}

/** The target as far as the headers tell it. */
function targetOf({ request }: Exchange, { policy }: Authority): Target | Refusal {
  const { server, method, name } = request;
  const named = name === undefined ? {} : { name };
  if (!policy.uses.requestDetails) return { server, method, ...named };
  const params = paramsOf(request.head);
  return isRefusal(params) ? params : { server, method, ...named, params };
}

/** Finds out what the verdict depends on, and judges again. */
async function learn(
  exchange: Exchange,
  { target, server }: { readonly target: Target; readonly server: LiveServer },
  parts: AuthoriseParts,
): Promise<Outcome> {
  const { uses } = parts.authority.policy;
  let known: Target = target;
  if (uses.annotations && target.method === 'tools/call') {
    const tools = await parts.definitions.membersOf({ exchange, server, list: 'tools/list' });
    if (isRefusal(tools)) return tools;
    known = { ...known, tool: annotatedAs(tools.get(target.name ?? '')) };
  }
  if (uses.args || parts.body === 'always') {
    const message = await messageOf(exchange);
    if (isRefusal(message)) return unreadable(exchange, message, parts);
    const args = argumentsOf(message);
    if (args === undefined) return unreadable(exchange, refuse('bad-arguments'), parts);
    known = { ...known, args };
  }
  const verdict = parts.authority.decide(exchange, known);
  if (verdict.outcome !== 'allowed')
    return denied(exchange, verdict, { authority: parts.authority, target: known });
  exchange.note(verdict.note);
  return undefined;
}

/** A body on which nothing can be decided: refused, but in a dry run, where what has come whole is passed on as it is. */
function unreadable(exchange: Exchange, refusal: Refusal, { authority }: AuthoriseParts): Outcome {
  return authority.dryRun && exchange.bytes !== undefined ? flagged(exchange, refusal) : refusal;
}

/** Goes on, with what would have been refused on record. */
function flagged(exchange: Exchange, { reason }: Refusal): undefined {
  exchange.note({ stage: 'authorise', decision: 'flagged', detail: reason });
}

/** The annotations that a definition has; `null` for none. */
function annotatedAs(
  definition: Readonly<Record<string, unknown>> | undefined,
): NonNullable<Target['tool']> | null {
  const annotations = definition?.['annotations'];
  return typeof annotations === 'object' && annotations !== null ? { annotations } : null;
}

/** The arguments of a message; `undefined` where they are not an object: then no rule can look at them. */
function argumentsOf({ request }: Message): Readonly<Record<string, unknown>> | undefined {
  const args = request.params?.['arguments'] ?? {};
  const isMapping = typeof args === 'object' && args !== null && !Array.isArray(args);
  return isMapping ? (args as Readonly<Record<string, unknown>>) : undefined; // looked at above
}

function targetsInBody(method: string): boolean {
  return method === 'completion/complete' || method === 'subscriptions/listen';
}

/** Judges what only the body names. */
async function inBody(exchange: Exchange, parts: AuthoriseParts): Promise<Outcome> {
  const message = await messageOf(exchange);
  if (isRefusal(message)) return unreadable(exchange, message, parts);
  const targets = targetsIn(message, exchange);
  if (targets === undefined) return unreadable(exchange, refuse('bad-arguments'), parts);
  for (const target of targets) {
    const verdict = parts.authority.decide(exchange, target);
    if (verdict.outcome !== 'denied') continue;
    const outcome = denied(exchange, verdict, { authority: parts.authority, target });
    if (outcome !== undefined) return outcome;
  }
  return undefined;
}

/** The targets that a body names; `undefined` where another reader could find others in it. */
function targetsIn({ request }: Message, { request: { server, name } }: Exchange): Target[] | undefined {
  const params = request.params ?? {};
  if (request.method === 'completion/complete') {
    const ref = plainMembers(params['ref'], ['type', 'name', 'uri']);
    // On a federated path the body has the federation's name, and the server's own has been found out.
    if (ref?.['type'] === 'ref/prompt') return named(server, 'prompts/get', [name ?? ref['name']]);
    return ref === undefined ? undefined : named(server, 'resources/read', [name ?? ref['uri']]);
  }
  if (request.method !== 'subscriptions/listen') return [];
  const wanted = plainMembers(params['notifications'], ['resourceSubscriptions']);
  const uris = wanted?.['resourceSubscriptions'] ?? [];
  return Array.isArray(uris) && wanted !== undefined ? named(server, 'resources/read', uris) : undefined;
}

function named(server: Target['server'], method: string, names: readonly unknown[]): Target[] | undefined {
  const targets: Target[] = [];
  for (const name of names) {
    if (typeof name !== 'string') return undefined;
    targets.push({ server, method, name });
  }
  return targets;
}

/** An object none of whose members differs from those names only in case; a reader that ignores case sees the same. */
function plainMembers(value: unknown, names: readonly string[]): Record<string, unknown> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const lower = names.map((name) => name.toLowerCase());
  for (const key of Object.keys(value)) {
    if (!names.includes(key) && lower.includes(key.toLowerCase())) return undefined;
  }
  return value as Record<string, unknown>; // looked at above
}

/** The answer to what is denied: to what is named, that there is no such thing. In a dry run none. */
function denied(
  exchange: Exchange,
  { note }: Verdict,
  { authority, target }: { readonly authority: Authority; readonly target: Target },
): Refusal | undefined {
  if (authority.dryRun) {
    exchange.note({ ...note, decision: 'flagged' });
    return undefined;
  }
  exchange.note({ ...note, decision: 'denied' });
  const { method } = exchange.request;
  if (isHidden(exchange)) return refuseUnknown(method, exchange.request.called);
  if (target.method === method) return refuse('not-permitted');
  // Named by the body: in the words in which the server library answers this method.
  const isTemplate = method === 'completion/complete' && target.method === 'resources/read';
  return refuseUnknown(isTemplate ? method : target.method, target.name);
}

/** Whether the answer says that there is no such thing; on a federated path the servers themselves are not for all to know. */
function isHidden({ request: { method, door } }: Exchange): boolean {
  return namesTarget(method) || (door.federation !== undefined && method === 'completion/complete');
}

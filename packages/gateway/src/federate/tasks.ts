import { rejectMissingCapability, TASKS_EXTENSION } from '@switchyard/wire';
import type { Authority } from '../authorise/authority.ts';
import type { Definitions } from '../definitions/definitions.ts';
import type { Exchange } from '../exchange.ts';
import type { Message } from '../message/message.ts';
import { messageBeforeParams } from '../message/read-body.ts';
import { refuseUnnamed } from '../message/read-message.ts';
import type { LiveFederation } from '../plan/live.ts';
import { isRefusal, type Refusal, refuseMessage } from '../refusal.ts';
import type { Outcome } from '../stage.ts';
import { visibleMembers } from './ask-members.ts';
import type { Handles } from './handles.ts';
import { timeLimit } from './time-limit.ts';
import { refuseMethod, refuseName, refuseParams } from './unknown.ts';

/** What opening a task needs. */
export interface TaskParts {
  readonly door: LiveFederation;
  readonly handles: Handles;
  /** Where the extensions of servers are known from. */
  readonly definitions: Definitions;
  readonly authority: Authority | undefined;
}

/**
 * Puts the server's own id of a task in the place of the federation's. What is refused is refused in the order in which a
 * server does: headers that disagree, a method that nobody here has, a request that does not declare tasks, params, and last
 * a task that is not this caller's, or no longer.
 */
export async function openTask(exchange: Exchange, parts: TaskParts): Promise<Outcome> {
  const { request } = exchange;
  const { method, name } = request;
  if (name === undefined) return undefined;
  const message = await messageBeforeParams(exchange);
  if (isRefusal(message)) return message;
  const refusal = undeclaredTasks(message) ?? refuseTaskParams(message);
  const own = refusal === undefined ? await ownId(name, exchange, parts) : undefined;
  // Whoever has a task has it from a server that carries them: only others have to be told whether there is one.
  if (own === undefined)
    return (await mayCarry(exchange, parts)) ? (refusal ?? refuseName(method, name)) : refuseMethod(method);
  request.name = own;
  return undefined;
}

/** The refusal for a request that does not declare tasks, as a server gives it. Tasks: Capabilities. */
export function undeclaredTasks({ envelope }: Message): Refusal | undefined {
  if (Object.hasOwn(envelope.clientCapabilities.extensions ?? {}, TASKS_EXTENSION)) return undefined;
  return refuseMessage(rejectMissingCapability({ extensions: { [TASKS_EXTENSION]: {} } }));
}

// ---

function refuseTaskParams(message: Message): Refusal | undefined {
  const { method, params } = message.request;
  const unnamed = refuseUnnamed(message);
  if (unnamed !== undefined || method !== 'tasks/update') return unnamed;
  const given = params?.['inputResponses'];
  const sound = typeof given === 'object' && given !== null && !Array.isArray(given);
  return sound ? undefined : refuseParams('params.inputResponses must be an object.');
}

async function ownId(id: string, { caller }: Exchange, { door, handles }: TaskParts) {
  const member = door.qualifier.resolveTask(id)?.member;
  return member && (await handles.openTask(id, member, caller));
}

/** Whether a server of which the caller may know carries tasks. One that does not say so in time may. */
async function mayCarry(exchange: Exchange, { door, definitions, authority }: TaskParts): Promise<boolean> {
  const limit = timeLimit(door.qualifier.plan.timeoutMs, exchange);
  const members = visibleMembers({ exchange, door, context: { authority } }, exchange.request.method);
  const some = new Promise<boolean>((resolve, reject) => {
    const asked = members.map(async (member) => {
      const server = door.servers.get(member.server);
      if (server === undefined) return;
      const extensions = await definitions.extensionsOf({ exchange, server });
      if (isRefusal(extensions) || extensions.has(TASKS_EXTENSION)) resolve(true);
    });
    Promise.all(asked).then(() => resolve(false), reject);
  });
  const answer = await Promise.race([some, limit.passed]);
  limit.clear();
  return answer !== false;
}

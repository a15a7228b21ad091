// What an operator should know of how tasks are served. Each is said once.

import { missingCapabilities, requiredForAll } from '@switchyard/wire';
import type { TaskSnapshot } from '../state/row.ts';
import type { HandlerContextLike, HostLike } from './host.ts';
import { isAnonymous } from './owner.ts';
import { toRequests } from './wire-task.ts';

/** Says that tasks are made for callers whom nobody vouches for, where they come from other processes: over HTTP. */
export function warnOfBearers(host: HostLike, ctx: Pick<HandlerContextLike, 'principal' | 'header'>): void {
  // Every request over HTTP has it, and none over pipes.
  if (isAnonymous(ctx.principal) && ctx.header('mcp-method') !== undefined) host.warnOnce(BEARERS);
}

/**
 * Says that whoever asks for a task cannot be asked what the task wants to know. It is shown all the same: another client of the
 * same caller may answer, and the snapshot is to be complete.
 */
export function warnOfUnasked(
  host: HostLike,
  task: TaskSnapshot,
  { clientCapabilities }: Pick<HandlerContextLike, 'clientCapabilities'>,
): void {
  if (task.open.length === 0) return;
  const missing = missingCapabilities(requiredForAll(toRequests(task)), clientCapabilities);
  if (missing === undefined) return;
  host.warnOnce(
    `A task of '${task.tool}' waits for answers, and was asked for by a client that does not declare ${JSON.stringify(missing)}. It is shown its questions; they wait for a client that does, and until the task expires.`,
  );
}

// ---

const BEARERS =
  'Tasks are served over HTTP to callers whom nobody vouches for: whoever has the id of a task has the task, and all of them share one limit of live tasks and their idempotency keys. Give the server an `authenticate`.';

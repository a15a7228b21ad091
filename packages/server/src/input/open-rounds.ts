import type { JSONRPCRequest } from '@switchyard/wire';
import { methodInfo } from '@switchyard/wire';
import { principalKey } from '../identity/principal.ts';
import type { Walk } from '../walk.ts';
import type { RoundRequest } from './rounds.ts';
import { Rounds } from './rounds.ts';

/**
 * The rounds of a request, with what the caller brought of earlier ones. Rejects with -32602 for a state that does not open;
 * throws `TypeError` for a method that cannot be answered with a question.
 */
export function openRounds(walk: Walk): Rounds | Promise<Rounds> {
  if (walk.rounds !== undefined) return walk.rounds;
  const request = roundRequest(walk);
  if (methodInfo(request.method)?.inputRounds !== true) {
    throw new TypeError(`${request.method} cannot be answered with a question: only ${MAY_ASK} can.`);
  }
  const { requestState } = walk.params;
  if (typeof requestState !== 'string') {
    walk.rounds = Rounds.start(walk.runtime.roundStates, request);
    return walk.rounds;
  }
  walk.resuming ??= resume(walk, request, requestState);
  return walk.resuming;
}

const MAY_ASK = 'tools/call, prompts/get and resources/read';

async function resume(walk: Walk, request: RoundRequest, requestState: string): Promise<Rounds> {
  walk.rounds = await Rounds.resume(walk.runtime.roundStates, request, requestState);
  return walk.rounds;
}

/** What input rounds are bound to. */
function roundRequest(walk: Walk): RoundRequest {
  return {
    principal: principalKey(walk.principal),
    method: walk.request?.method ?? '',
    params: sentParams(walk),
    clientCapabilities: walk.caller.clientCapabilities,
    maxRounds: walk.runtime.limits.rounds,
  };
}

/** The parameters as they were sent: the next pass gets them again, whatever the handler has done to its arguments. */
function sentParams({ source, params }: Walk): Readonly<Record<string, unknown>> {
  if (source === undefined) return params;
  const message: unknown = JSON.parse(typeof source === 'string' ? source : new TextDecoder().decode(source));
  // It was parsed as a request before.
  return (message as JSONRPCRequest).params ?? {};
}

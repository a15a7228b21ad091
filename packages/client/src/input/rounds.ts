import type { ClientCapabilities, InputResponses, Result } from '@switchyard/wire';
import { jittered, sleep } from '../call/attempts.ts';
import type { CallOptions } from '../call/call-options.ts';
import type { Environment } from '../environment.ts';
import { abortError, ClientError, ProtocolError } from '../errors.ts';
import type { Params } from '../link.ts';
import { answerInput } from './answer.ts';
import type { InputContext, InputHandlers } from './handlers.ts';
import type { InputNeeds } from './input-required.ts';
import { readInputRequired } from './input-required.ts';
import type { OnceStore } from './once.ts';
import type { PendingState } from './pending.ts';
import { parsePending, serializePending } from './pending.ts';
import type { PendingCall } from './pending-call.ts';

/** What input rounds need. */
export interface RoundsParts {
  readonly address: string;
  readonly handlers: InputHandlers;
  /** What every request declares. */
  readonly capabilities: ClientCapabilities;
  readonly environment: Environment;
  readonly once: OnceStore;
  /** How many rounds one call may have. */
  readonly maxRounds: number;
  /** Sends a request; its result may ask for a further round. */
  readonly send: (method: string, params: Params, options?: CallOptions) => Promise<Result>;
}

/** A call, and what it came to so far. */
export interface Underway {
  readonly method: string;
  /** Params without those of any round. */
  readonly params: Params;
  readonly result: Result;
  /** How many rounds there have been. */
  readonly round: number;
}

/** How requests that only come back for more are spaced. */
const PACE = { baseMs: 100, maxMs: 5_000 };

/** Answers what the server asks for, through handlers, and sends the call again until it is done. Spec: basic/patterns/mrtr#basic-workflow. */
export async function answerRounds(
  parts: RoundsParts,
  call: Underway,
  options: CallOptions = {},
): Promise<Result> {
  let { result, round } = call;
  for (; result.resultType === 'input_required'; round += 1) {
    if (round >= parts.maxRounds) throw tooMany(parts.maxRounds);
    const needs = readInputRequired(call.method, result);
    const responses = await answerAll(needs, parts, { call, signal: options.signal });
    if (Object.keys(responses).length === 0) {
      await sleep(jittered(round, PACE, parts.environment), parts.environment, options.signal);
    }
    result = await parts.send(call.method, nextParams(call.params, needs, responses), options);
  }
  return result;
}

/** Wraps a call that waits for input, so that it can be answered later or elsewhere. */
export function toPending(parts: RoundsParts, call: Underway): PendingCall {
  const needs = readInputRequired(call.method, call.result);
  const { address, environment } = parts;
  const { method, params, round } = call;
  return fromState(parts, { id: environment.uniqueId(), address, method, params, round, ...needs });
}

/** The pending call that a text describes. Throws `TypeError` for another text, and `ClientError` `wrong-server` for one of another server. */
export function revive(
  parts: RoundsParts,
  text: string,
): { readonly pending: PendingCall; readonly state: PendingState } {
  const state = parsePending(text);
  return { pending: fromState(parts, state), state };
}

// ---------------------------------------------------------------------------------------------------------------------

function fromState(parts: RoundsParts, state: PendingState): PendingCall {
  if (state.address !== parts.address) {
    const message = `This call waits for ${state.address}; it is not sent to ${parts.address}.`;
    throw new ClientError('wrong-server', message);
  }
  return {
    resultType: 'input_required',
    inputRequests: state.inputRequests,
    resume: (responses, options) => resume(parts, state, { responses, options }),
    serialize: () => serializePending(state),
  };
}

async function resume(
  parts: RoundsParts,
  state: PendingState,
  { responses, options }: { readonly responses: InputResponses; readonly options: CallOptions | undefined },
): Promise<Result | PendingCall> {
  if (state.round >= parts.maxRounds) throw tooMany(parts.maxRounds);
  const missing = Object.keys(state.inputRequests).filter((key) => !Object.hasOwn(responses, key));
  if (missing.length > 0)
    throw new ClientError('invalid-input', `There is no answer to ${missing.join(', ')}.`);
  if (!(await parts.once.take(state.id))) {
    throw new ClientError('already-resumed', 'This call was resumed before.');
  }
  const { method, params } = state;
  try {
    const result = await parts.send(method, nextParams(params, state, responses), options);
    if (result.resultType !== 'input_required') return result;
    return toPending(parts, { method, params, result, round: state.round + 1 });
  } catch (error) {
    if (hasNeverRun(error)) await parts.once.giveBack(state.id);
    throw error;
  }
}

/** A 429 is a refusal at the door, but an earlier attempt may have come through it. */
function hasNeverRun(error: unknown): boolean {
  if (error instanceof ProtocolError) return error.status === 429 && !error.earlierMayHaveRun;
  return error instanceof ClientError && !error.mayHaveRun;
}

function nextParams(params: Params, { requestState }: InputNeeds, responses: InputResponses): Params {
  const next: Record<string, unknown> = { ...params };
  if (Object.keys(responses).length > 0) next['inputResponses'] = responses;
  if (requestState !== undefined) next['requestState'] = requestState;
  return next;
}

async function answerAll(
  { inputRequests }: InputNeeds,
  { handlers, capabilities, address }: RoundsParts,
  { call, signal }: { readonly call: Underway; readonly signal: AbortSignal | undefined },
): Promise<InputResponses> {
  const name = call.params['name'] ?? call.params['uri'];
  const ctx: InputContext = {
    address,
    method: call.method,
    name: typeof name === 'string' ? name : undefined,
    signal,
  };
  const answers: InputResponses = {};
  const entries = Object.entries(inputRequests);
  if (entries.length === 0) return answers;
  // One after the other: a user can look at one question at a time.
  for (const [key, request] of entries) {
    if (signal?.aborted === true) throw abortError(signal, true);
    answers[key] = await answerInput(request, { handlers, capabilities }, ctx);
  }
  return answers;
}

function tooMany(maxRounds: number): ClientError {
  const message = `The server asked for input more than ${maxRounds} times.`;
  return new ClientError('too-many-rounds', message, { mayHaveRun: true });
}

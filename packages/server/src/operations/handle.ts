import type { InputRequiredResult, Result } from '@switchyard/wire';
import { HandlerContext } from '../context/handler-context.ts';
import type { RequestContext } from '../context/request-context.ts';
import { inputRequired, isInputRequired } from '../input/input-required.ts';
import { openRounds } from '../input/open-rounds.ts';
import type { Walk } from '../walk.ts';

/** How one kind of handler is called, and how what it returns becomes a result. */
export interface Handling<T> {
  call(ctx: RequestContext): T | Promise<T>;
  /** `returned` is never a request for input. */
  convert(returned: T): Result | Promise<Result>;
  /** What becomes of an error; rethrow to answer with a protocol error. */
  failed?(error: unknown): Result;
}

/**
 * Runs a handler through its input rounds: opens the state that came with the request, runs one pass, and turns
 * open questions into an `InputRequiredResult`. A handler that neither waits nor asks is run without a single promise.
 */
export function handle<T>(walk: Walk, handling: Handling<T>): Result | Promise<Result> {
  if (walk.rounds !== undefined || typeof walk.params['requestState'] !== 'string')
    return pass(walk, handling);
  return Promise.resolve(openRounds(walk)).then(() => pass(walk, handling));
}

function pass<T>(walk: Walk, handling: Handling<T>): Result | Promise<Result> {
  let returned: T | Promise<T>;
  try {
    returned = handling.call(new HandlerContext(walk));
  } catch (error) {
    return failed(walk, handling, error);
  }
  if (!isPromiseLike(returned)) return returnedValue(walk, handling, returned);
  return Promise.resolve(returned).then(
    (value) => returnedValue(walk, handling, value),
    (error: unknown) => failed(walk, handling, error),
  );
}

function returnedValue<T>(walk: Walk, handling: Handling<T>, returned: T): Result | Promise<Result> {
  if (walk.rounds === undefined && !asksForInput(returned)) return convert(handling, returned);
  return afterRounds(walk, handling, returned);
}

async function afterRounds<T>(walk: Walk, handling: Handling<T>, returned: T): Promise<Result> {
  const open = await walk.rounds?.suspend();
  if (open !== undefined) return open;
  if (isInputRequired(returned)) return (await openRounds(walk)).suspendWith(returned);
  if (isRawInputRequired(returned)) {
    const { inputRequests = {}, requestState } = returned;
    const state = requestState === undefined ? {} : { requestState };
    return (await openRounds(walk)).suspendWith(inputRequired({ inputRequests, ...state }));
  }
  return convert(handling, returned);
}

async function failed<T>(walk: Walk, handling: Handling<T>, error: unknown): Promise<Result> {
  const open = await walk.rounds?.suspend();
  if (open !== undefined) return open;
  if (handling.failed === undefined) throw error;
  return handling.failed(error);
}

function convert<T>(handling: Handling<T>, returned: T): Result | Promise<Result> {
  const broken = (error: unknown): Result => {
    if (handling.failed === undefined) throw error;
    return handling.failed(error);
  };
  try {
    const result = handling.convert(returned);
    return result instanceof Promise ? result.catch(broken) : result;
  } catch (error) {
    return broken(error);
  }
}

const isPromiseLike = <T>(value: T | PromiseLike<T>): value is PromiseLike<T> =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';

const asksForInput = (value: unknown): boolean => isInputRequired(value) || isRawInputRequired(value);

/** A handler written for another library may return the wire form itself; its state is sealed all the same. */
const isRawInputRequired = (value: unknown): value is InputRequiredResult =>
  typeof value === 'object' &&
  value !== null &&
  'resultType' in value &&
  value.resultType === 'input_required';

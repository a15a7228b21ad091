import type { InputRequest, JSONValue } from '@switchyard/wire';

const brand: unique symbol = Symbol.for('switchyard.input-required');

/** What {@link inputRequired} makes; a handler returns it to ask the caller for input. */
export interface InputRequired {
  readonly [brand]: true;
  readonly inputRequests: Readonly<Record<string, InputRequest>>;
  readonly state: JSONValue | undefined;
}

/** The questions, and what the handler wants back with the answers. */
export interface InputRequiredOptions {
  /** Questions by key; the answers come back in `ctx.inputResponses` under the same keys. */
  readonly inputRequests?: Readonly<Record<string, InputRequest>>;
  /** Any JSON value; it travels sealed and comes back in `ctx.requestState`. */
  readonly requestState?: JSONValue;
}

/**
 * Ends this pass of the handler by asking the caller for input; the caller answers by sending the request again.
 * Throws `TypeError` where neither `inputRequests` nor `requestState` is given. A question that no client could answer fails
 * the request when the handler returns it, with a `TypeError` in the report.
 * See https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/mrtr.
 */
export function inputRequired(options: InputRequiredOptions): InputRequired {
  const inputRequests = options.inputRequests ?? {};
  if (Object.keys(inputRequests).length === 0 && options.requestState === undefined) {
    throw new TypeError('inputRequired() needs inputRequests, requestState, or both.');
  }
  return { [brand]: true, inputRequests, state: options.requestState };
}

/** True for what {@link inputRequired} makes, also by another copy of this module. */
export function isInputRequired(value: unknown): value is InputRequired {
  return typeof value === 'object' && value !== null && brand in value;
}

/**
 * Thrown by `ctx.elicit` and its kin to end a pass of the handler whose question is not answered yet.
 * Let it pass: a handler that swallows it still ends with the question, and can do no further `ctx.step`.
 */
export class InputPending extends Error {
  override readonly name = 'InputPending';
  constructor() {
    super('This pass of the handler ends here: the caller is being asked for input.');
  }
}

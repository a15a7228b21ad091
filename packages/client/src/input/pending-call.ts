import type { InputRequests, InputResponses, Result } from '@switchyard/wire';
import type { CallOptions } from '../call/call-options.ts';

/** A call that waits for input. It can be answered here, or written down and answered by another process, once. */
export interface PendingCall<R = Result> {
  readonly resultType: 'input_required';
  /** What the server asks, by its own keys. */
  readonly inputRequests: InputRequests;
  /** Sends the call again with the answers; what comes may be a further round. Rejects with `already-resumed` the second time. */
  resume(responses: InputResponses, options?: CallOptions): Promise<R | PendingCall<R>>;
  /** All of it as a text. It holds the arguments of the call and the state of the server: keep it as safe as those. */
  serialize(): string;
}

/** Whether a result is a call that waits for input. What a server answers is never one, whatever its members are called. */
export function isPending<R extends object>(result: R | PendingCall<R>): result is PendingCall<R> {
  return isFunction(result, 'serialize') && isFunction(result, 'resume');
}

function isFunction(value: object, name: string): boolean {
  return typeof Reflect.get(value, name) === 'function';
}

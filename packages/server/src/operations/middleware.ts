import type { Result } from '@switchyard/wire';
import type { RequestContext } from '../context/request-context.ts';

/** One operation as middleware sees it. */
export interface OperationCall {
  /** Such as `tools/call`. */
  readonly method: string;
  /** What the method acts on: a tool's or prompt's name, a resource's URI, an extension's name parameter. */
  readonly name: string | undefined;
  /** The request's parameters as received, `_meta` included. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly ctx: RequestContext;
  /** For `tools/call`: the extension settings of the tool. */
  readonly toolExtensions: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Wraps an operation: call `next()` for the result, and return it, or another.
 * Throw a `ProtocolError` to answer with a protocol error. The first registered is the outermost.
 * Results that middleware returns unchanged keep their ready-made bytes; they are frozen, so change a copy. A changed
 * result of a method with a cache hint is marked `private`. `ctx` may ask the caller for input where the method allows it;
 * whatever stands before a question runs again with every round.
 */
export type Middleware = (call: OperationCall, next: () => Promise<Result>) => Result | Promise<Result>;

import type { Result } from '@switchyard/wire';
import { methodInfo } from '@switchyard/wire';
import { HandlerContext } from '../context/handler-context.ts';
import type { Extension } from '../define/extension.ts';
import { InputPending } from '../input/input-required.ts';
import type { CompiledTool } from '../snapshot/definitions.ts';
import type { Outcome } from '../snapshot/prepared.ts';
import { Prepared } from '../snapshot/prepared.ts';
import type { Operation, Snapshot, Walk } from '../walk.ts';
import type { Middleware, OperationCall } from './middleware.ts';

/** Where middleware comes from. */
export interface MiddlewareSources {
  readonly middleware: readonly Middleware[];
  readonly extensions: readonly Pick<Extension, 'id' | 'around'>[];
}

/** What runs operations through the server's middleware, then that of the extensions that the request declares. */
export function compileAround({ middleware, extensions }: MiddlewareSources): Snapshot['around'] {
  const arounds = extensions.flatMap(({ id, around }) => (around === undefined ? [] : [{ id, around }]));
  if (middleware.length === 0 && arounds.length === 0) return undefined;
  return (walk, operation) => {
    const declared = walk.caller.clientCapabilities.extensions ?? {};
    const theirs = arounds.filter(({ id }) => Object.hasOwn(declared, id)).map(({ around }) => around);
    const chain = [...middleware, ...theirs];
    return chain.length === 0 ? operation.run(walk) : through(chain, walk, operation);
  };
}

async function through(chain: readonly Middleware[], walk: Walk, operation: Operation): Promise<Outcome> {
  const made = new Map<unknown, Outcome>();
  const innermost = async (): Promise<Result> => {
    const outcome = (await operation.run(walk)) ?? { resultType: 'complete' };
    const result = outcome instanceof Prepared ? outcome.result : outcome;
    made.set(result, outcome);
    return result;
  };
  const call = operationCall(walk);
  const run = chain.reduceRight<() => Promise<Result>>(
    (next, middleware) => async () => middleware(call, next),
    innermost,
  );
  const result: unknown = await asking(walk, run);
  return made.get(result) ?? changed(call.method, result);
}

/** Middleware may ask the caller too: its question ends the pass as a handler's does. */
async function asking(walk: Walk, run: () => Promise<Result>): Promise<unknown> {
  try {
    return await run();
  } catch (error) {
    const question = error instanceof InputPending ? await walk.rounds?.suspend() : undefined;
    if (question === undefined) throw error;
    return question;
  }
}

/** A result that middleware made: nobody can tell for whom, and so no shared cache may keep it. */
function changed(method: string, result: unknown): Result {
  // Types end where JavaScript begins: without this a caller would wait for ever.
  if (typeof result !== 'object' || result === null) throw new Error(`Middleware gave ${method} no result.`);
  const complete: Result = { resultType: 'complete', ...result };
  if (complete.resultType !== 'complete' || methodInfo(method)?.cacheable !== true) return complete;
  return { ttlMs: 0, ...complete, cacheScope: 'private' };
}

function operationCall(walk: Walk): OperationCall {
  const method = walk.request?.method ?? '';
  // Under tools/call the target is the tool that `prepare` found.
  const tool = method === 'tools/call' ? (walk.target as CompiledTool) : undefined;
  return {
    method,
    name: walk.name,
    params: walk.params,
    ctx: new HandlerContext(walk),
    toolExtensions: tool?.extensions,
  };
}

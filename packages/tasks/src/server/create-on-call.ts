import type { JSONObject, JSONValue, Result } from '@switchyard/wire';
import { IDEMPOTENCY_KEY_META, internalError, invalidParams } from '@switchyard/wire';
import { TaskLimitError } from '../engine/errors.ts';
import type { TaskCreation } from '../engine/request.ts';
import type { HandlerContextLike, OperationLike, ServerExtension } from './host.ts';
import { keep } from './kept-request.ts';
import type { MethodParts } from './methods.ts';
import { isAnonymous, ownerOf } from './owner.ts';
import type { TaskToolOptions } from './tool-option.ts';
import { taskOptions } from './tool-option.ts';
import { warnOfBearers } from './warnings.ts';
import { toCreateResult } from './wire-task.ts';

/**
 * Makes a task of a call, where the tool runs as one; it goes around calls whose callers know tasks. Everything that can be said at
 * once is: arguments that do not fit, and questions that come before. Tasks: Task Creation.
 */
export function aroundCalls(parts: MethodParts): ServerExtension['around'] {
  return async (call, next) => {
    const options = call.method === 'tools/call' ? taskOptions(call.toolExtensions) : undefined;
    if (options === undefined) return next();
    const given = call.params['arguments'] ?? {};
    const checked = await parts.host().checkArguments(call.name ?? '', given);
    if (!checked.ok) return checked.result;
    if (options.when !== undefined && !(await options.when(checked.args, call.ctx))) return next();
    const before = await ahead(options, checked.args, call.ctx);
    if (before instanceof Refusal) return before.result;
    return toCreateResult((await make(parts, call, before)).task);
  };
}

// ---

/** What `before` gave, or the result that it refused with. */
async function ahead(
  { before }: TaskToolOptions,
  args: unknown,
  ctx: HandlerContextLike,
): Promise<JSONValue | undefined | Refusal> {
  if (before === undefined) return undefined;
  try {
    return await before(args, ctx);
  } catch (error) {
    // The server's own error for what the model should read; its class is not to be had here.
    if (!(error instanceof Error) || error.name !== 'ToolError') throw error;
    return new Refusal({
      resultType: 'complete',
      content: [{ type: 'text', text: error.message }],
      isError: true,
    });
  }
}

class Refusal {
  readonly result: Result;

  constructor(result: Result) {
    this.result = result;
  }
}

async function make(
  { engine, host }: MethodParts,
  { name = '', params, ctx }: OperationLike,
  before: JSONValue | undefined,
): Promise<TaskCreation> {
  const key = ctx.meta[IDEMPOTENCY_KEY_META];
  warnOfBearers(host(), ctx);
  try {
    return await engine.create({
      owner: await ownerOf(host(), ctx),
      tool: name,
      // They came as JSON.
      params: { name, arguments: (params['arguments'] ?? {}) as JSONObject },
      context: keep(ctx, before),
      idBits: isAnonymous(ctx.principal) ? 256 : 128,
      trace: ctx.meta,
      ...(typeof key === 'string' ? { idempotencyKey: key } : {}),
    });
  } catch (error) {
    if (error instanceof TaskLimitError) {
      throw error.code === 'too-many-tasks' ? internalError(error.message) : invalidParams(error.message);
    }
    throw error;
  }
}

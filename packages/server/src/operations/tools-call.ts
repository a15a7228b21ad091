import type { Issue, SchemaInput, Validation } from '@switchyard/schema';
import { formatIssues } from '@switchyard/schema';
import type { CallToolResult, MetaObject, Rejection, Result } from '@switchyard/wire';
import {
  checkParamHeaders,
  missingCapabilities,
  ProtocolError,
  reject,
  rejectMissingCapability,
} from '@switchyard/wire';
import type { ToolReturn } from '../define/tool.ts';
import { ToolError } from '../define/tool.ts';
import { isVisible } from '../identity/visibility.ts';
import type { CompiledTool } from '../snapshot/definitions.ts';
import type { Operation, Walk } from '../walk.ts';
import { checkBlocks } from './content.ts';
import type { Handling } from './handle.ts';
import { handle } from './handle.ts';
import { inputParamsProblem } from './params.ts';
import { shown } from './shown.ts';

/** `tools/call`. See https://modelcontextprotocol.io/specification/2026-07-28/server/tools#calling-tools. */
export const toolsCall: Operation = {
  method: 'tools/call',
  prepare(walk) {
    const { name, arguments: args } = walk.params;
    if (typeof name !== 'string') return reject('InvalidParams', 'params.name must be a string.');
    if (args !== undefined && !isRecord(args))
      return reject('InvalidParams', 'params.arguments must be an object.');
    const problem = inputParamsProblem(walk.params);
    if (problem !== undefined) return reject('InvalidParams', problem);
    const tool = walk.snapshot.tools.get(name);
    if (tool === undefined || !isVisible(tool.visible, walk.principal))
      return reject('InvalidParams', `Unknown tool: ${shown(name)}`);
    walk.name = name;
    walk.target = tool;
    return checkCaller(walk, tool, args ?? {});
  },
  run(walk) {
    // `prepare` has put it there.
    const tool = walk.target as CompiledTool;
    const args = walk.params['arguments'] ?? {};
    if (tool.input === undefined) return handle(walk, handling(walk, tool, args));
    const checked = tool.input.validate(args);
    if (checked instanceof Promise) return checked.then((done) => callWith(walk, tool, done));
    return callWith(walk, tool, checked);
  },
};

function checkCaller(walk: Walk, tool: CompiledTool, args: Record<string, unknown>): Rejection | undefined {
  if (walk.exchange.transport === 'http' && tool.bindings.length > 0) {
    const mismatch = checkParamHeaders(tool.bindings, args, (header) => walk.exchange.header(header));
    if (mismatch !== undefined) return reject('HeaderMismatch', mismatch);
  }
  if (tool.requires === undefined) return undefined;
  const missing = missingCapabilities(tool.requires, walk.caller.clientCapabilities);
  return missing === undefined ? undefined : rejectMissingCapability(missing);
}

function callWith(walk: Walk, tool: CompiledTool, checked: Validation<unknown>): Result | Promise<Result> {
  return checked.ok ? handle(walk, handling(walk, tool, checked.value)) : unfit(tool, checked.issues);
}

/** The result that tells the model what is wrong with its arguments. */
export function unfit(tool: CompiledTool, issues: readonly Issue[]): CallToolResult {
  const text = `Invalid arguments for tool ${tool.name}: ${formatIssues(issues)}`;
  return { resultType: 'complete', content: [{ type: 'text', text }], isError: true };
}

function handling(walk: Walk, tool: CompiledTool, args: unknown): Handling<unknown> {
  return {
    call: (ctx) => tool.call(args, ctx),
    convert: (returned) => toResult(tool, returned as ToolReturn<SchemaInput | undefined>), // what tool handlers may return
    failed: (error) => toFailure(walk, tool, error),
  };
}

type Returned = {
  structuredContent?: unknown;
  content?: unknown;
  isError?: unknown;
  resultType?: string;
  _meta?: MetaObject;
};

function toResult(
  tool: CompiledTool,
  returned: ToolReturn<SchemaInput | undefined>,
): Result | Promise<Result> {
  if (typeof returned === 'string') {
    if (tool.output !== undefined)
      throw new Error(`The tool '${tool.name}' broke its outputSchema with a text.`);
    return { resultType: 'complete', content: [{ type: 'text', text: returned }] };
  }
  if (!isRecord(returned)) throw new Error(`The tool '${tool.name}' returned neither a result nor a text.`);
  const result: Returned = returned;
  // Another type of result is an extension's affair.
  if (result.resultType !== undefined && result.resultType !== 'complete') return returned as Result;
  if (tool.output === undefined || result.isError === true) return complete(result, result.structuredContent);
  const checked = tool.output.validate(result.structuredContent);
  if (checked instanceof Promise) return checked.then((done) => conforming(tool, result, done));
  return conforming(tool, result, checked);
}

function conforming(tool: CompiledTool, result: Returned, checked: Validation<unknown>): Result {
  if (!checked.ok) {
    throw new Error(`The tool '${tool.name}' broke its outputSchema: ${formatIssues(checked.issues)}`);
  }
  return complete(result, checked.value);
}

function complete({ content, isError, _meta }: Returned, structured: unknown): Result {
  if (content === undefined && structured === undefined)
    throw new Error('A tool must return content or structuredContent.');
  if (content !== undefined) checkBlocks(content, 'content');
  // Only what is declared leaves: what else the handler put into its result stays here.
  const plain: Result = {
    resultType: 'complete',
    content: content ?? [{ type: 'text', text: JSON.stringify(structured) }],
  };
  if (structured !== undefined) plain['structuredContent'] = structured;
  if (isError !== undefined) plain['isError'] = isError === true;
  if (_meta !== undefined) plain._meta = _meta;
  return plain;
}

/**
 * A `ProtocolError` is the author's own choice of answer; a `ToolError` speaks to the model; anything else is hidden.
 * Nobody is left to answer where the operation was aborted: a handler that stops for that has done as it should.
 */
function toFailure(walk: Walk, tool: CompiledTool, error: unknown): CallToolResult {
  if (error instanceof ProtocolError || walk.aborted) throw error;
  // Whoever runs it outside of a request decides whether to try again.
  if (walk.detached !== undefined && !(error instanceof ToolError)) throw error;
  const text = error instanceof ToolError ? error.message : hidden(walk, tool, error);
  return { resultType: 'complete', content: [{ type: 'text', text }], isError: true };
}

function hidden(walk: Walk, tool: CompiledTool, error: unknown): string {
  const reference = walk.runtime.reportError(error, `tools/call ${tool.name}`);
  return `The tool ${tool.name} failed. The server's log has the details under ${reference}.`;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

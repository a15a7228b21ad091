import { formatIssues, validateOnce } from '@switchyard/schema';
import type { InputRequest, InputResponse, Result } from '@switchyard/wire';
import { invalidParams } from '@switchyard/wire';
import type { Extension } from '../define/extension.ts';
import type { CheckedToolArguments, DetachedCall, ExtensionHost } from '../define/extension-host.ts';
import type { Exchange } from '../exchange.ts';
import { principalKey } from '../identity/principal.ts';
import { checkResponse } from '../input/responses.ts';
import type { Runtime } from '../runtime.ts';
import type { CompiledTool } from '../snapshot/definitions.ts';
import type { Snapshot } from '../walk.ts';
import { Walk } from '../walk.ts';
import { toolsCall, unfit } from './tools-call.ts';

/** Tells extensions of a snapshot that is about to be served, and sees to it that they hear of it when the server closes. */
export function serveExtensions(
  extensions: readonly Extension[],
  runtime: Runtime,
  snapshot: Snapshot,
): void {
  const host = toHost(runtime, snapshot);
  for (const { served } of extensions) served?.(host);
  runtime.closeExtensions = async (timeoutMs) => {
    const closing = extensions.map(async ({ id, close }) => {
      try {
        await close?.({ timeoutMs });
      } catch (error) {
        runtime.reportError(error, `closing the extension ${id}`);
      }
    });
    await Promise.all(closing);
  };
}

// ---

function toHost(runtime: Runtime, snapshot: Snapshot): ExtensionHost {
  return {
    tools: snapshot.tools,
    callTool: (call) => callDetached({ runtime, snapshot }, call),
    checkArguments: (name, args) => checkArguments(toolOf(snapshot, name), args),
    checkAnswer,
    principalKey,
    reportError: (error, where) => runtime.reportError(error, where),
    warnOnce: (message) => runtime.warnOnce(message),
  };
}

async function callDetached(
  { runtime, snapshot }: { readonly runtime: Runtime; readonly snapshot: Snapshot },
  { tool, args, request, run, signal }: DetachedCall,
): Promise<Result> {
  const walk = new Walk(runtime, NOBODY, snapshot);
  // It is nobody's request: whoever runs it sees to it that it ends when the server closes.
  runtime.inFlight.leave(walk);
  const { id, principal, protocolVersion, clientInfo, clientCapabilities, meta } = request;
  walk.acceptsStream = false;
  walk.principal = principal;
  walk.id = id;
  walk.request = {
    jsonrpc: '2.0',
    id,
    method: 'tools/call',
    params: { name: tool, arguments: args, _meta: meta },
  };
  walk.envelope = {
    protocolVersion,
    clientCapabilities,
    ...(clientInfo === undefined ? {} : { clientInfo }),
  };
  walk.target = toolOf(snapshot, tool);
  walk.name = tool;
  walk.detached = run;
  const abort = (): void => walk.abort(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    const result = await toolsCall.run(walk);
    // Tools give results, and no ready-made ones.
    const { resultType } = result as Result;
    if (resultType === 'complete') return result as Result;
    throw new TypeError(
      `The tool '${tool}' gave a result of type '${resultType}': outside of a request it asks with ctx.elicit.`,
    );
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

async function checkArguments(tool: CompiledTool, args: unknown): Promise<CheckedToolArguments> {
  if (tool.input === undefined) return { ok: true, args };
  const checked = await tool.input.validate(args);
  return checked.ok ? { ok: true, args: checked.value } : { ok: false, result: unfit(tool, checked.issues) };
}

async function checkAnswer(key: string, question: InputRequest, answer: unknown): Promise<InputResponse> {
  const response = checkResponse(key, question.method, answer);
  if (question.method !== 'elicitation/create' || question.params.mode === 'url') return response;
  if (!('action' in response) || response.action !== 'accept') return response;
  const checked = await validateOnce(question.params.requestedSchema, response.content ?? {});
  if (checked.ok) return response;
  throw invalidParams(
    `inputResponses[${JSON.stringify(key)}] does not fit the form: ${formatIssues(checked.issues)}`,
  );
}

function toolOf(snapshot: Snapshot, name: string): CompiledTool {
  const tool = snapshot.tools.get(name);
  if (tool === undefined) throw new TypeError(`There is no tool '${name}'.`);
  return tool;
}

/** The exchange of a call that nobody made: it has no headers, and nothing is ever sent. */
const NOBODY: Exchange = {
  transport: 'stdio',
  verb: 'POST',
  header: () => undefined,
  alsoSend: () => undefined,
  reply: () => undefined,
  stream: () => ({
    send: () => false,
    keepsUp: false,
    keepAlive: () => undefined,
    end: () => undefined,
    abort: () => undefined,
  }),
  abandon: () => undefined,
  onDisconnect: () => undefined,
};

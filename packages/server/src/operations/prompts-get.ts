import type { EmbeddedResource, GetPromptResult, PromptMessage } from '@switchyard/wire';
import { invalidParams, reject } from '@switchyard/wire';
import type { PromptMessages, PromptReturn } from '../define/prompt.ts';
import { isVisible } from '../identity/visibility.ts';
import type { CompiledPrompt } from '../snapshot/definitions.ts';
import type { Operation } from '../walk.ts';
import { checkBlock } from './content.ts';
import { handle } from './handle.ts';
import { inputParamsProblem, isStringRecord } from './params.ts';
import { shown } from './shown.ts';

/** `prompts/get`. See https://modelcontextprotocol.io/specification/2026-07-28/server/prompts#getting-a-prompt. */
export const promptsGet: Operation = {
  method: 'prompts/get',
  prepare(walk) {
    const { name, arguments: args } = walk.params;
    if (typeof name !== 'string') return reject('InvalidParams', 'params.name must be a string.');
    if (args !== undefined && !isStringRecord(args))
      return reject('InvalidParams', 'params.arguments must be an object of strings.');
    const problem = inputParamsProblem(walk.params);
    if (problem !== undefined) return reject('InvalidParams', problem);
    const prompt = walk.snapshot.prompts.get(name);
    if (prompt === undefined || !isVisible(prompt.visible, walk.principal))
      return reject('InvalidParams', `Unknown prompt: ${shown(name)}`);
    walk.name = name;
    walk.target = prompt;
    return undefined;
  },
  async run(walk) {
    // `prepare` has put it there, and has seen that the arguments are strings.
    const prompt = walk.target as CompiledPrompt;
    const args = (walk.params['arguments'] ?? {}) as Record<string, string>;
    const checked = await prompt.args?.(args);
    if (checked?.ok === false)
      throw invalidParams(`Invalid arguments for prompt ${prompt.name}: ${checked.why}`);
    return handle(walk, {
      call: (ctx) => prompt.call(checked === undefined ? args : checked.value, ctx),
      convert: (returned) => toResult(prompt, returned as PromptReturn), // what prompt handlers may return
    });
  },
};

function toResult({ name, entry }: CompiledPrompt, returned: PromptReturn): GetPromptResult {
  const description = entry.description === undefined ? {} : { description: entry.description };
  if (typeof returned === 'string') {
    const messages = [{ role: 'user' as const, content: { type: 'text' as const, text: returned } }];
    return { resultType: 'complete', ...description, messages };
  }
  if (typeof returned !== 'object' || returned === null || !('messages' in returned)) {
    throw new Error(`The prompt '${name}' returned neither messages nor a text.`);
  }
  // Requests for input have been taken out before.
  const { messages, _meta, ...own } = returned as PromptMessages;
  if (!Array.isArray(messages)) throw new Error(`The prompt '${name}' returned messages that are no list.`);
  const result: GetPromptResult = {
    resultType: 'complete',
    ...description,
    messages: messages.map(toMessage),
  };
  if (own.description !== undefined) result.description = own.description;
  if (_meta !== undefined) result._meta = _meta;
  return result;
}

function toMessage({ role, content }: PromptMessage, index: number): PromptMessage {
  const where = `messages[${index}]`;
  if (role !== 'user' && role !== 'assistant')
    throw new Error(`${where} has the unknown role ${String(role)}.`);
  checkBlock(content, `${where}.content`);
  return { role, content: content.type === 'resource' ? withMimeType(content) : content };
}

/** In a prompt an embedded resource must say its type; where its author has not, it is the most general one. */
function withMimeType(block: EmbeddedResource): EmbeddedResource {
  const { resource } = block;
  if (resource.mimeType !== undefined) return block;
  return { ...block, resource: { ...resource, mimeType: 'text' in resource ? 'text/plain' : OCTETS } };
}

const OCTETS = 'application/octet-stream';

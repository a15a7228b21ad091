import type { JsonSchema } from '@switchyard/schema';
import { formatIssues, validateOnce } from '@switchyard/schema';
import type {
  CreateMessageRequestParams,
  SamplingMessage,
  SamplingMessageContentBlock,
} from '@switchyard/wire';

/**
 * Holds a sampling request to the rules on messages and tool results; throws `TypeError` naming the message that breaks one.
 * See https://modelcontextprotocol.io/specification/2026-07-28/client/sampling#tool-result-messages.
 */
export function checkSampling({ messages }: CreateMessageRequestParams): void {
  messages.forEach((message, index) => {
    const problem = messageProblem(message.role, message.content);
    if (problem !== undefined) throw new TypeError(`messages[${index}] ${problem}.`);
    const results = blocksOf(message).filter((block) => block.type === 'tool_result');
    if (results.length > 0) checkResults(message, index, messages[index - 1]);
    if (
      usesOf(message).length > 0 &&
      index + 1 < messages.length &&
      resultsOf(messages[index + 1]).length === 0
    ) {
      throw new TypeError(`messages[${index}] uses tools: the next message must hold their results.`);
    }
  });
}

/**
 * Holds structured tool results to the output schema of their tool; rejects with `TypeError` naming the tool whose result
 * breaks it. `undefined` where there is nothing to hold them to.
 * See https://modelcontextprotocol.io/specification/2026-07-28/schema#toolresultcontent.
 */
export function checkStructured({
  messages,
  tools = [],
}: CreateMessageRequestParams): Promise<void> | undefined {
  const declared = tools.filter(({ outputSchema }) => outputSchema !== undefined);
  if (declared.length === 0) return undefined;
  return holdResults(messages, new Map(declared.map(({ name, outputSchema }) => [name, outputSchema])));
}

async function holdResults(
  messages: readonly SamplingMessage[],
  schemas: ReadonlyMap<string, JsonSchema | undefined>,
): Promise<void> {
  const used = new Map<string, string>();
  for (const block of messages.flatMap(blocksOf)) {
    if (block.type === 'tool_use') used.set(block.id, block.name);
    if (block.type !== 'tool_result' || block.structuredContent === undefined || block.isError === true)
      continue;
    const name = used.get(block.toolUseId) ?? '';
    const checked = await validateOnce(schemas.get(name) ?? {}, block.structuredContent);
    if (checked.ok) continue;
    throw new TypeError(
      `A result of the tool '${name}' breaks its outputSchema: ${formatIssues(checked.issues)}`,
    );
  }
}

/** What is wrong with a message of either side, or `undefined`. */
export function messageProblem(role: unknown, content: unknown): string | undefined {
  if (role !== 'user' && role !== 'assistant') return "must have a role: 'user' or 'assistant'";
  const blocks: readonly unknown[] = Array.isArray(content) ? content : [content];
  return blocks.every(isBlock) ? undefined : 'must have content blocks as its content';
}

const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  text: ['text'],
  image: ['data', 'mimeType'],
  audio: ['data', 'mimeType'],
  tool_use: ['id', 'name'],
  tool_result: ['toolUseId'],
};

function isBlock(block: unknown): boolean {
  if (typeof block !== 'object' || block === null) return false;
  const { type, ...rest } = block as Record<string, unknown>; // any object has properties
  if (typeof type !== 'string' || !Object.hasOwn(MEMBERS, type)) return false;
  return (MEMBERS[type] ?? []).every((member) => typeof rest[member] === 'string');
}

function checkResults(message: SamplingMessage, index: number, before: SamplingMessage | undefined): void {
  const results = resultsOf(message);
  if (message.role !== 'user' || results.length !== blocksOf(message).length) {
    throw new TypeError(
      `messages[${index}] holds tool results: it must be a user message with nothing else in it.`,
    );
  }
  const uses = before === undefined ? [] : usesOf(before);
  const answered = new Set(results);
  if (
    answered.size !== results.length ||
    uses.length !== results.length ||
    !uses.every((id) => answered.has(id))
  ) {
    throw new TypeError(
      `messages[${index}] must hold exactly one result for each tool use of the message before it.`,
    );
  }
}

function blocksOf({ content }: SamplingMessage): readonly SamplingMessageContentBlock[] {
  return Array.isArray(content) ? content : [content];
}

function usesOf(message: SamplingMessage): string[] {
  return blocksOf(message).flatMap((block) => (block.type === 'tool_use' ? [block.id] : []));
}

function resultsOf(message: SamplingMessage | undefined): string[] {
  if (message === undefined) return [];
  return blocksOf(message).flatMap((block) => (block.type === 'tool_result' ? [block.toolUseId] : []));
}

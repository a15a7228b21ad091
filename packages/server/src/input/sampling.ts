import type {
  CreateMessageRequestParams,
  SamplingMessage,
  SamplingMessageContentBlock,
} from '@switchyard/wire';

/**
 * Holds a sampling request to the rules on tool results; throws `TypeError` naming the message that breaks one.
 * See https://modelcontextprotocol.io/specification/2026-07-28/client/sampling#tool-result-messages.
 */
export function checkSampling({ messages }: CreateMessageRequestParams): void {
  messages.forEach((message, index) => {
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

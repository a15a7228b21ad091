import { isReservedErrorCode, META } from '@switchyard/wire';
import { type Area, type Check, noneOf } from '../check.ts';
import type { Seen } from '../probe.ts';
import { asObject, describe, errorOf, isObject, responseOf, resultOf } from '../reply.ts';
import { requirement } from '../rules.ts';

/** What holds of every answer that came in the whole examination; comes last. */
export const OVERALL: Area = {
  title: 'All answers',
  checks: [
    everyAnswer('overall.result-type', 'BASE-007', {
      title: 'Every result says its type',
      mend: 'Put resultType ("complete" or "input_required") into every result.',
      fault: ({ reply }) => {
        const result = resultOf(reply);
        return result === undefined || typeof result['resultType'] === 'string'
          ? undefined
          : 'has no resultType';
      },
    }),
    everyAnswer('overall.identity', 'BASE-047', {
      title: 'Every result names the server',
      mend: `Put name and version under ${META.serverInfo} in the _meta of every result.`,
      fault: ({ reply }) => {
        const result = resultOf(reply);
        if (result === undefined) return undefined;
        return isObject(asObject(result['_meta'])[META.serverInfo]) ? undefined : 'does not name the server';
      },
    }),
    everyAnswer('overall.jsonrpc', 'BASE-002', {
      title: 'Every response is JSON-RPC 2.0',
      mend: 'Say "jsonrpc": "2.0" in every message.',
      fault: ({ reply }) => {
        const response = responseOf(reply);
        return response === undefined || response['jsonrpc'] === '2.0'
          ? undefined
          : 'does not say "jsonrpc": "2.0"';
      },
    }),
    everyAnswer('overall.errors', 'BASE-010', {
      title: 'Every error has a code and a message',
      mend: 'Give an error as an object with an integer code and a message.',
      fault: ({ reply }) => {
        const error = errorOf(reply);
        const whole =
          error === undefined || (Number.isInteger(error.code) && typeof error.message === 'string');
        return whole ? undefined : 'is an error without an integer code or without a message';
      },
    }),
    everyAnswer('overall.codes', 'BASE-015', {
      title: 'No error code is reserved or retired',
      mend: 'Use codes outside -32768 to -32000 for errors of your own.',
      fault: ({ reply }) => {
        const code = errorOf(reply)?.code;
        return typeof code === 'number' && isReservedErrorCode(code) ? `is ${describe(reply)}` : undefined;
      },
    }),
    everyAnswer('overall.sessions', 'HTTP-049', {
      title: 'No session id is minted',
      mend: 'Do not send Mcp-Session-Id: there are no sessions.',
      fault: ({ reply }) =>
        reply.headers['mcp-session-id'] === undefined ? undefined : 'comes with an Mcp-Session-Id',
    }),
    everyAnswer('overall.requests', 'PATTERN-001', {
      title: 'The server sends no request of its own',
      mend: 'Ask with inputRequests in a result.',
      fault: ({ reply }) =>
        reply.messages.some((message) => isObject(message) && 'method' in message && 'id' in message)
          ? 'brings a request of the server'
          : undefined,
    }),
    everyAnswer('overall.logging', 'LOG-002', {
      title: 'Nothing is logged to a client that did not ask for it',
      mend: `Send notifications/message only where _meta has ${META.logLevel}.`,
      fault: ({ reply }) =>
        reply.messages.some((message) => asObject(message)['method'] === 'notifications/message')
          ? 'brings log messages'
          : undefined,
    }),
  ],
};

// ---

interface AnswerCase {
  readonly title: string;
  readonly mend: string;
  /** What is wrong with an answer, told of "it". */
  readonly fault: (seen: Seen) => string | undefined;
}

function everyAnswer(id: string, row: string, { title, mend, fault }: AnswerCase): Check {
  return {
    id,
    title,
    rule: requirement(row),
    mend,
    run: ({ probe }) =>
      noneOf(
        probe.seen.flatMap((seen) => {
          const found = fault(seen);
          return found === undefined ? [] : [`The answer to ${seen.method} ${found}.`];
        }),
        `${probe.seen.length} answers`,
      ),
  };
}

import type { InputRequest, InputResponse } from '@switchyard/wire';
import { invalidParams } from '@switchyard/wire';
import { messageProblem } from './sampling.ts';

/** The method of an input request. */
export type InputMethod = InputRequest['method'];

/**
 * Checks that an answer has the shape that its question's method calls for.
 * Throws a -32602 `ProtocolError` that names the key.
 * See https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/mrtr#error-handling.
 */
export function checkResponse(key: string, method: InputMethod, value: unknown): InputResponse {
  const problem = isRecord(value) ? PROBLEMS[method](value) : 'must be an object';
  if (problem !== undefined) throw invalidParams(`inputResponses[${JSON.stringify(key)}] ${problem}.`);
  // The check above is what the type says.
  return value as unknown as InputResponse;
}

const PROBLEMS: Readonly<Record<InputMethod, (value: Record<string, unknown>) => string | undefined>> = {
  'elicitation/create': ({ action, content }) => {
    if (action !== 'accept' && action !== 'decline' && action !== 'cancel') {
      return "must have an action: 'accept', 'decline' or 'cancel'";
    }
    return content === undefined || isRecord(content) ? undefined : 'must have an object as its content';
  },
  'sampling/createMessage': ({ role, content, model }) => {
    if (typeof model !== 'string') return 'must have a model';
    return messageProblem(role, content);
  },
  'roots/list': ({ roots }) => {
    if (!Array.isArray(roots)) return 'must have a list of roots';
    const sound = roots.every(
      (root) => isRecord(root) && typeof root['uri'] === 'string' && isFileUri(root['uri']),
    );
    return sound ? undefined : "must have roots whose uri starts with 'file://'";
  },
};

const isFileUri = (uri: string): boolean => uri.startsWith('file://');

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

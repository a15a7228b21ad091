import type { InputRequest, InputRequests, Result } from '@switchyard/wire';
import { INPUT_METHODS, methodInfo } from '@switchyard/wire';
import { ClientError } from '../errors.ts';

/** What a server needs before it can go on, found to be well formed. */
export interface InputNeeds {
  readonly inputRequests: InputRequests;
  /** To be sent back as it is; absent where the server gave none. */
  readonly requestState?: string;
}

/** How much may be asked for in one round. Against a server that buries its user in questions. */
const MAX_REQUESTS = 32;

/** How much may be open in one task: what it asks over its whole life is bounded apart (`maxInputs`). */
const MAX_OPEN = 1000;

/** Reads a result of type `input_required`. Throws `ClientError` `invalid-response` where it breaks the rules. Spec: basic/patterns/mrtr#inputrequiredresult. */
export function readInputRequired(method: string, result: Result): InputNeeds {
  if (methodInfo(method)?.inputRounds === false)
    throw invalid(`${method} must not be answered with input_required.`);
  const { inputRequests, requestState } = result;
  if (inputRequests === undefined && requestState === undefined) {
    throw invalid('An input_required result must hold inputRequests or requestState.');
  }
  if (requestState !== undefined && typeof requestState !== 'string')
    throw invalid('requestState must be a string.');
  const requests = readRequests(inputRequests ?? {}, MAX_REQUESTS);
  return requestState === undefined ? { inputRequests: requests } : { inputRequests: requests, requestState };
}

/** Reads the open questions of a task. Throws as `readInputRequired` does. */
export function readOpen(inputRequests: unknown): InputRequests {
  return readRequests(inputRequests, MAX_OPEN);
}

function readRequests(value: unknown, most: number): InputRequests {
  if (!isObject(value)) throw invalid('inputRequests must be an object.');
  const entries = Object.entries(value);
  if (entries.length > most) throw invalid(`inputRequests has more than ${most} members.`);
  for (const [key, request] of entries) {
    const fault = faultOf(request);
    if (fault !== undefined) throw invalid(`inputRequests[${JSON.stringify(key)}] ${fault}.`);
  }
  // Each was looked at.
  return Object.fromEntries(entries) as Record<string, InputRequest>;
}

function faultOf(request: unknown): string | undefined {
  if (!isObject(request)) return 'must be an object';
  const { method, params } = request;
  if (method === INPUT_METHODS.listRoots) return undefined;
  if (!isObject(params)) return 'needs params';
  if (method === INPUT_METHODS.createMessage) {
    const { messages } = params;
    return Array.isArray(messages) && messages.every(isMessage) ? undefined : 'needs messages';
  }
  if (method !== INPUT_METHODS.elicit) return `has the unknown method ${JSON.stringify(method)}`;
  if (typeof params['message'] !== 'string') return 'needs a message';
  if (params['mode'] === 'url') return typeof params['url'] === 'string' ? undefined : 'needs a url';
  if (params['mode'] !== undefined && params['mode'] !== 'form') return 'has an unknown mode';
  const schema = params['requestedSchema'];
  const fields = isObject(schema) ? schema['properties'] : undefined;
  return isObject(fields) && Object.values(fields).every(isObject) ? undefined : 'needs a requestedSchema';
}

/** Spec: schema#samplingmessage. */
function isMessage(value: unknown): boolean {
  if (!isObject(value) || (value['role'] !== 'user' && value['role'] !== 'assistant')) return false;
  const { content } = value;
  const blocks: readonly unknown[] = Array.isArray(content) ? content : [content];
  return blocks.every((block) => isObject(block) && typeof block['type'] === 'string');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(message: string): ClientError {
  return new ClientError('invalid-response', message, { mayHaveRun: true });
}

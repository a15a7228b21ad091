import type { RequestOptions } from './messages.ts';
import type { Answer, Peer } from './peer.ts';

/** What a client can do that does everything. */
export const EVERYTHING = {
  elicitation: { form: {}, url: {} },
  sampling: { tools: {}, context: {} },
  roots: {},
};

/** A question, as it comes over the wire. */
export interface Question {
  readonly method: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

/** The questions of an answer, by key. */
export function questionsOf({ result }: Answer): Readonly<Record<string, Question>> {
  // Every answer was held to the schema of an InputRequiredResult.
  return (result['inputRequests'] ?? {}) as Readonly<Record<string, Question>>;
}

/** The state of an answer. */
export function stateOf({ result }: Answer): string {
  return String(result['requestState']);
}

/** Sends a request again with answers, as a client does: with another id, and the state as it came. */
export function again(
  peer: Peer,
  request: { readonly method: string; readonly params: Readonly<Record<string, unknown>> },
  { answer, responses, options }: Continued,
): Promise<Answer> {
  const state = answer === undefined ? {} : { requestState: stateOf(answer) };
  const inputResponses = responses === undefined ? {} : { inputResponses: responses };
  const params = { ...request.params, ...inputResponses, ...state };
  return peer.call(request.method, params, { id: 2, capabilities: EVERYTHING, ...options });
}

/** How a request is continued. */
export interface Continued {
  readonly answer?: Answer;
  readonly responses?: Readonly<Record<string, unknown>>;
  readonly options?: RequestOptions;
}

/** The answer of a user who filled in a form. */
export const accepted = (content?: Readonly<Record<string, unknown>>): object =>
  content === undefined ? { action: 'accept' } : { action: 'accept', content };

/** A form that asks for one text. */
export const formFor = (name: string, message = `What is your ${name}?`) => ({
  message,
  requestedSchema: { type: 'object', properties: { [name]: { type: 'string' } }, required: [name] },
});

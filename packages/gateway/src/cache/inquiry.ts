import { encodeHeaderValue, HEADER, META, requestMessage } from '@switchyard/wire';
import { nameSourceOf } from '../accept/name-source.ts';
import type { LiveServer } from '../plan/live.ts';
import type { Question } from '../surface/question.ts';
import { topicOf } from './entry.ts';
import { type Audience, keyedHeaders, keyedMeta, traceOf } from './key.ts';
import type { Key, Keys } from './keys.ts';

/** What is asked of a server, as far as the answer may depend on it, and who asks. */
export interface Inquiry {
  readonly server: LiveServer;
  readonly method: string;
  /** Equal for two requests only where they ask the same of the same server. */
  readonly key: Key;
  readonly topic: string;
  readonly audience: Audience;
}

/** What an inquiry is made of. */
export interface Asked {
  readonly server: LiveServer;
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly query: string;
  /** As a flat list of lower-case names and values. */
  readonly headers: readonly string[];
}

/** What inquiries are made with. */
export interface InquiryParts {
  readonly audience: Audience;
  readonly ignoredHeaders: ReadonlySet<string>;
  /** Differs where settings of the server do by which its answers may differ. */
  readonly fingerprint: string;
  readonly keys: Keys;
}

/** The inquiry that a request makes. */
export function inquiryOf(asked: Asked, parts: InquiryParts): Inquiry {
  const { server, method, params, query, headers } = asked;
  const { audience, ignoredHeaders, fingerprint, keys } = parts;
  const keyed = keyedHeaders(headers, ignoredHeaders);
  const key = keys.of({ fingerprint, method, query, params, headers: keyed });
  return { server, method, key, topic: topicOf(method, params), audience };
}

/** Each is answered on a request of its own: ids need not differ. */
const OWN_ID = 1;

/**
 * The question put so that its answer can be kept: with nothing in it that is not in the key, but for the credentials that
 * the audience stands for, the trace and the way here. What nobody else asked for, nobody else can be given.
 */
export function reput(question: Question, ignoredHeaders: ReadonlySet<string>): Question {
  const { method, headers: before, ...rest } = question;
  const trace = traceOf(question.params);
  const meta = {
    ...keyedMeta(question.params),
    ...(trace === undefined ? {} : { [META.traceparent]: trace }),
  };
  const params = { ...question.params, _meta: meta };
  const body = Buffer.from(requestMessage(OWN_ID, method, params));
  const headers = [...keyedHeaders(before, ignoredHeaders), ...only(before, PASSED_ON)];
  headers.push('content-type', 'application/json', 'content-length', String(body.byteLength));
  headers.push('accept', 'application/json, text/event-stream', HEADER.method, method);
  const source = nameSourceOf(method);
  const name = source === undefined ? undefined : question.params[source];
  if (typeof name === 'string') headers.push(HEADER.name, encodeHeaderValue(name));
  return { ...rest, method, params, id: OWN_ID, headers, body };
}

// ---

const PASSED_ON: ReadonlySet<string> = new Set(['authorization', 'x-api-key', 'via', HEADER.protocolVersion]);

function only(flat: readonly string[], names: ReadonlySet<string>): string[] {
  const kept: string[] = [];
  for (let i = 0; i + 1 < flat.length; i += 2) {
    const name = flat[i] ?? '';
    if (names.has(name)) kept.push(name, flat[i + 1] ?? '');
  }
  return kept;
}

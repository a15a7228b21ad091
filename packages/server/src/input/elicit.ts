import type { InferOutput, SchemaInput } from '@switchyard/schema';
import { toJsonSchema } from '@switchyard/schema';
import type { ElicitRequest, ElicitRequestFormParams } from '@switchyard/wire';
import { LOOPBACK } from '../ladder/host-policy.ts';
import { toRequestedSchema } from './form.ts';

/** A form for the user: a message, and a flat object of primitive fields. */
export interface ElicitForm<S extends SchemaInput = SchemaInput> {
  readonly message: string;
  /** A Standard Schema or JSON Schema of an object whose properties are strings, numbers, booleans or choices. */
  readonly requestedSchema: S;
}

/** What the user did with a form; `content` is validated. */
export type Elicited<S extends SchemaInput> =
  | { readonly action: 'accept'; readonly content: FormContent<S> }
  | { readonly action: 'decline' | 'cancel' };

/** What a form gives: what its schema makes of it. */
export type FormContent<S extends SchemaInput> =
  unknown extends InferOutput<S>
    ? Readonly<Record<string, string | number | boolean | string[]>>
    : InferOutput<S>;

/** A request for a form. */
export interface FormRequest extends ElicitRequest {
  readonly params: ElicitRequestFormParams;
}

/** The request for a form; throws `TypeError` without a message, and for a schema that a form cannot show. */
export function formRequest(form: ElicitForm): FormRequest {
  checkMessage(form.message);
  const requestedSchema = toRequestedSchema(toJsonSchema(form.requestedSchema, 'input'));
  return { method: 'elicitation/create', params: { mode: 'form', message: form.message, requestedSchema } };
}

/**
 * The request to visit a URL. Throws `TypeError` for a URL that is not absolute, that holds credentials, or that is neither
 * `https:` nor `http:` to this machine. See
 * https://modelcontextprotocol.io/specification/2026-07-28/client/elicitation#safe-url-handling.
 */
export function urlRequest(message: string, url: string): ElicitRequest {
  checkMessage(message);
  if (!URL.canParse(url)) throw new TypeError(`elicitUrl needs an absolute URL, not '${url}'.`);
  const { protocol, hostname, username, password } = new URL(url);
  if (username !== '' || password !== '')
    throw new TypeError('elicitUrl must not be given a URL with credentials in it.');
  if (protocol !== 'https:' && !(protocol === 'http:' && LOOPBACK.has(hostname))) {
    throw new TypeError(`elicitUrl takes https: URLs (http: for this machine only), not '${protocol}'.`);
  }
  return { method: 'elicitation/create', params: { mode: 'url', message, url } };
}

function checkMessage(message: unknown): void {
  if (typeof message !== 'string' || message === '')
    throw new TypeError('A question to the user needs a message.');
}

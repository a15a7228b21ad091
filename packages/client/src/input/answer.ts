import type { ClientCapabilities, InputRequest, InputResponse } from '@switchyard/wire';
import { INPUT_METHODS } from '@switchyard/wire';
import { ClientError } from '../errors.ts';
import { actionOf, completeForm, defaultsOf } from './form.ts';
import type { FormRequest, InputContext, InputHandlers, UrlRequest } from './handlers.ts';

/** Who answers, and what the server was told of it. */
export interface Answerers {
  readonly handlers: InputHandlers;
  readonly capabilities: ClientCapabilities;
}

/**
 * Answers one input request through its handler. Throws `ClientError` `input-unsupported` where there is none, or where it
 * needs what was not declared: the server was told so.
 */
export async function answerInput(
  request: InputRequest,
  { handlers, capabilities }: Answerers,
  ctx: InputContext,
): Promise<InputResponse> {
  if (request.method === INPUT_METHODS.elicit) {
    const { params } = request;
    return params.mode === 'url'
      ? answerUrl(params, handlers, ctx)
      : answerForm({ ...params, defaults: {} }, handlers, ctx);
  }
  if (request.method === INPUT_METHODS.createMessage) {
    if (handlers.sample === undefined) throw unsupported(request.method);
    const { tools, toolChoice } = request.params;
    // Spec: schema#createmessagerequestparams.
    if ((tools ?? toolChoice) !== undefined && capabilities.sampling?.tools === undefined)
      throw unsupported('sampling with tools');
    return handlers.sample(request.params, ctx);
  }
  if (handlers.listRoots === undefined) throw unsupported(request.method);
  const answer = await handlers.listRoots(ctx);
  const wrong = answer.roots.find(({ uri }) => !isRoot(uri));
  if (wrong === undefined) return answer;
  throw new ClientError(
    'invalid-input',
    `A root must be a file:// URI without dot segments, unlike ${JSON.stringify(wrong.uri)}.`,
  );
}

/** A `file://` URI whose path goes nowhere but down. Spec: client/roots#security-considerations. */
function isRoot(uri: string): boolean {
  if (!uri.startsWith('file://') || !URL.canParse(uri)) return false;
  try {
    return !decodeURIComponent(uri)
      .split(/[\\/]/)
      .some((segment) => segment === '.' || segment === '..');
  } catch {
    return false;
  }
}

async function answerForm(
  form: FormRequest,
  { elicit }: InputHandlers,
  ctx: InputContext,
): Promise<InputResponse> {
  if (elicit === undefined) throw unsupported('elicitation/create in form mode');
  const request = { ...form, defaults: defaultsOf(form.requestedSchema) };
  return completeForm(request, await elicit(request, ctx));
}

async function answerUrl(
  params: { readonly message: string; readonly url: string },
  { elicitUrl }: InputHandlers,
  ctx: InputContext,
): Promise<InputResponse> {
  if (elicitUrl === undefined) throw unsupported('elicitation/create in URL mode');
  const answer = await elicitUrl(toUrlRequest(params), ctx);
  return { action: actionOf(answer) };
}

/** Refuses what is no page on the web: `javascript:`, `file:` and the like. Spec: client/elicitation#safe-url-handling. */
function toUrlRequest({ message, url }: { readonly message: string; readonly url: string }): UrlRequest {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || (parsed.protocol !== 'https:' && parsed.protocol !== 'http:')) {
    throw new ClientError(
      'invalid-response',
      'The server asks the user to visit what is no http or https URL.',
      {
        data: { url },
      },
    );
  }
  const warnings: UrlRequest['warnings'][number][] = [];
  if (parsed.protocol !== 'https:') warnings.push('not-https');
  if (parsed.hostname.split('.').some((label) => label.startsWith('xn--'))) warnings.push('punycode');
  return { message, url: parsed.href, host: parsed.host, warnings };
}

function unsupported(what: string): ClientError {
  return new ClientError(
    'input-unsupported',
    `The server asks for ${what}, which this client does not offer.`,
  );
}

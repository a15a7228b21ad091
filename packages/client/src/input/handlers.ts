import type {
  CreateMessageRequest,
  CreateMessageResult,
  ElicitRequestFormParams,
  ElicitResult,
  ListRootsResult,
} from '@switchyard/wire';

/** What a handler is told beside the request itself. */
export interface InputContext {
  /** What is dialled: say to the user who is asking. */
  readonly address: string;
  /** The call that the server needs the input for. */
  readonly method: string;
  /** What the call names: the tool, the prompt, the resource. */
  readonly name: string | undefined;
  /** Aborted when the call is given up. */
  readonly signal: AbortSignal | undefined;
}

/** A form to fill in. */
export interface FormRequest extends ElicitRequestFormParams {
  /** The values to begin with, by field. */
  readonly defaults: Readonly<Record<string, string | number | boolean | string[]>>;
}

/** A page to visit. Nothing is fetched, nothing opened: that is the user's to decide. Spec: client/elicitation#safe-url-handling. */
export interface UrlRequest {
  readonly message: string;
  /** The whole URL: show it before anything else. */
  readonly url: string;
  /** The host to point out. */
  readonly host: string;
  /** What is odd about it, for the user to see: `not-https`, `punycode`. */
  readonly warnings: readonly ('not-https' | 'punycode')[];
}

/**
 * What answers when a server asks for input. Each handler that is there declares its capability on every request.
 * Spec: client/elicitation, client/sampling, client/roots.
 */
export interface InputHandlers {
  /** Asks the user to fill in a form. Fields left out take their defaults; the answer is held to the schema. */
  readonly elicit?: (request: FormRequest, ctx: InputContext) => ElicitResult | Promise<ElicitResult>;
  /** Asks the user to visit a page; answers once they agreed or declined, or are done. */
  readonly elicitUrl?: (request: UrlRequest, ctx: InputContext) => ElicitResult | Promise<ElicitResult>;
  /** @deprecated Since 2026-07-28 (SEP-2577). Asks a model. To be asked with tools, declare `sampling.tools` among the capabilities. */
  readonly sample?: (
    request: CreateMessageRequest['params'],
    ctx: InputContext,
  ) => CreateMessageResult | Promise<CreateMessageResult>;
  /** @deprecated Since 2026-07-28 (SEP-2577). Lists directories; every URI begins with `file://`. */
  readonly listRoots?: (ctx: InputContext) => ListRootsResult | Promise<ListRootsResult>;
}

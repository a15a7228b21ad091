import type { SchemaInput } from '@switchyard/schema';
import type {
  ClientCapabilities,
  CreateMessageRequestParams,
  CreateMessageResult,
  ElicitRequestURLParams,
  ElicitResult,
  Implementation,
  InputResponse,
  JSONValue,
  ListRootsResult,
  LoggingLevel,
  MetaObject,
  RequestId,
} from '@switchyard/wire';
import type { Principal } from '../identity/principal.ts';
import type { Elicited, ElicitForm } from '../input/elicit.ts';
import type { DetachedRun } from './detached-run.ts';

/** What a handler knows of the request that it answers, and what it may do before its result. */
export interface RequestContext {
  /** Such as `tools/call`. */
  readonly method: string;
  readonly id: RequestId;
  readonly protocolVersion: string;
  /** Who is calling, as `authenticate` established; on stdio, and without that hook, the anonymous principal. */
  readonly principal: Principal;
  /** What the client says it is; for display and logs, never for decisions. */
  readonly clientInfo: Implementation | undefined;
  /** What the client can do, for this request alone. */
  readonly clientCapabilities: ClientCapabilities;
  /** The request's `_meta` as received. */
  readonly meta: MetaObject;
  /** Aborted when the caller goes away or the time is up. Pass it on to whatever takes long. */
  readonly signal: AbortSignal;
  /** A request header by its lower-case name; `undefined` on stdio. */
  header(name: string): string | undefined;
  /** Where an extension runs the handler outside of any request, such as for a task: what the extension gave for that. */
  readonly detached: DetachedRun | undefined;

  /**
   * Tells the caller how far the work is; does nothing where the caller did not ask.
   * A value that is not above the one before is not sent.
   * See https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/progress.
   */
  progress(progress: number, total?: number, message?: string): void;
  /**
   * Sends a log message to the caller; does nothing below the level that the request asks for, or where it asks for none.
   * @deprecated Logging is deprecated since 2026-07-28: log to stderr or OpenTelemetry.
   */
  log(level: LoggingLevel, data: JSONValue, logger?: string): void;

  /**
   * Asks the user to fill in a form. The first pass of the handler ends here with an `InputRequiredResult`;
   * when the caller comes back with the answer, on any instance, the handler runs again and this call returns it.
   * So: whatever happens before must be repeatable, or stand in {@link step}; and questions must come in the same
   * order on every pass, or carry a `key`.
   * Throws -32021 where the client cannot do it. See
   * https://modelcontextprotocol.io/specification/2026-07-28/client/elicitation#form-mode-elicitation-requests.
   */
  elicit<S extends SchemaInput>(form: ElicitForm<S>, options?: AskOptions): Promise<Elicited<S>>;
  /** Sends the user to a URL, for what must not pass through the client. The answer says only whether the user agreed. */
  elicitUrl(
    params: Omit<ElicitRequestURLParams, 'mode'>,
    options?: AskOptions,
  ): Promise<Pick<ElicitResult, 'action'>>;
  /** @deprecated Sampling is deprecated since 2026-07-28: call a model provider directly. */
  sample(params: CreateMessageRequestParams, options?: AskOptions): Promise<CreateMessageResult>;
  /** @deprecated Roots are deprecated since 2026-07-28: take directories as arguments or from configuration. */
  listRoots(options?: AskOptions): Promise<ListRootsResult>;
  /** Runs `work` once, however many passes the handler takes; its JSON result travels sealed with the rounds. */
  step<T extends JSONValue>(name: string, work: () => T | Promise<T>): Promise<T>;

  /** Answers so far, by key: for handlers that return `inputRequired(...)` by hand. */
  readonly inputResponses: Readonly<Record<string, InputResponse>>;
  /** What `inputRequired({ requestState })` was given in the pass before; never what the caller sent. */
  readonly requestState: JSONValue | undefined;
}

/** How a question is told apart from others. */
export interface AskOptions {
  /** The key in `inputRequests`; needed only where the order of questions can differ between passes. */
  readonly key?: string;
  /**
   * Takes an answer that the caller sends under `key` before it was ever asked, and so saves a round for callers
   * that know the question. Requires `key`. Leave it off where the user must have seen the question as it stands,
   * as with a confirmation: an answer then counts only for the question that the sealed state says was asked.
   * @default false
   */
  readonly volunteered?: boolean;
}

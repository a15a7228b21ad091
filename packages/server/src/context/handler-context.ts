import type { SchemaInput } from '@switchyard/schema';
import type {
  ClientCapabilities,
  CreateMessageRequestParams,
  CreateMessageResult,
  ElicitRequestURLParams,
  ElicitResult,
  Implementation,
  InputRequest,
  InputResponse,
  JSONObject,
  JSONValue,
  ListRootsResult,
  LoggingLevel,
  MetaObject,
  RequestId,
} from '@switchyard/wire';
import type { Principal } from '../identity/principal.ts';
import type { Elicited, ElicitForm } from '../input/elicit.ts';
import { formRequest, readForm, urlRequest } from '../input/elicit.ts';
import { checkSampling } from '../input/sampling.ts';
import type { Walk } from '../walk.ts';
import type { AskOptions, RequestContext } from './request-context.ts';

/** The {@link RequestContext} over a walk: one small object per handled request, everything else on demand. */
export class HandlerContext implements RequestContext {
  readonly #walk: Walk;
  #progress = Number.NEGATIVE_INFINITY;

  constructor(walk: Walk) {
    this.#walk = walk;
  }

  get method(): string {
    return this.#walk.request?.method ?? '';
  }
  get id(): RequestId {
    return this.#walk.id ?? '';
  }
  get protocolVersion(): string {
    return this.#walk.caller.protocolVersion;
  }
  get principal(): Principal {
    return this.#walk.principal;
  }
  get clientInfo(): Implementation | undefined {
    return this.#walk.caller.clientInfo;
  }
  get clientCapabilities(): ClientCapabilities {
    return this.#walk.caller.clientCapabilities;
  }
  get meta(): MetaObject {
    // The envelope rung has seen that `_meta` is an object.
    return this.#walk.params['_meta'] as MetaObject;
  }
  get signal(): AbortSignal {
    return this.#walk.signal;
  }
  header(name: string): string | undefined {
    return this.#walk.exchange.header(name);
  }

  progress(progress: number, total?: number, message?: string): void {
    const progressToken = this.#walk.caller.progressToken;
    if (progressToken === undefined || !Number.isFinite(progress) || progress <= this.#progress) return;
    const params: JSONObject = { progressToken, progress };
    if (total !== undefined) params['total'] = total;
    if (message !== undefined) params['message'] = message;
    if (this.#walk.notify('notifications/progress', params)) this.#progress = progress;
  }

  log(level: LoggingLevel, data: JSONValue, logger?: string): void {
    this.#walk.runtime.warnDeprecated('logging');
    const wanted = this.#walk.caller.logLevel;
    if (!this.#walk.runtime.logging || wanted === undefined) return;
    if (LEVELS.indexOf(level) < LEVELS.indexOf(wanted)) return;
    this.#walk.notify(
      'notifications/message',
      logger === undefined ? { level, data } : { level, logger, data },
    );
  }

  async elicit<S extends SchemaInput>(form: ElicitForm<S>, options?: AskOptions): Promise<Elicited<S>> {
    const answer = await this.#ask<ElicitResult>(formRequest(form), options);
    return readForm(form, answer);
  }

  async elicitUrl(
    { message, url }: Omit<ElicitRequestURLParams, 'mode'>,
    options?: AskOptions,
  ): Promise<Pick<ElicitResult, 'action'>> {
    const { action } = await this.#ask<ElicitResult>(urlRequest(message, url), options);
    return { action };
  }

  async sample(params: CreateMessageRequestParams, options?: AskOptions): Promise<CreateMessageResult> {
    this.#walk.runtime.warnDeprecated('sampling');
    checkSampling(params);
    return this.#ask<CreateMessageResult>({ method: 'sampling/createMessage', params }, options);
  }

  listRoots(options?: AskOptions): Promise<ListRootsResult> {
    this.#walk.runtime.warnDeprecated('roots');
    return this.#ask<ListRootsResult>({ method: 'roots/list' }, options);
  }

  step<T extends JSONValue>(name: string, work: () => T | Promise<T>): Promise<T> {
    return this.#walk.startRounds().step(name, work);
  }

  get inputResponses(): Readonly<Record<string, InputResponse>> {
    return this.#walk.rounds?.responses ?? {};
  }

  get requestState(): JSONValue | undefined {
    return this.#walk.rounds?.userState;
  }

  #ask<T extends InputResponse>(request: InputRequest, options?: AskOptions): Promise<T> {
    // The rounds have checked that the answer has the shape that the question's method calls for.
    return this.#walk.startRounds().ask(request, options) as Promise<T>;
  }
}

const LEVELS: readonly LoggingLevel[] = [
  'debug',
  'info',
  'notice',
  'warning',
  'error',
  'critical',
  'alert',
  'emergency',
];

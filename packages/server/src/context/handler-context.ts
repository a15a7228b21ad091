import type { SchemaInput } from '@switchyard/schema';
import type {
  ClientCapabilities,
  CreateMessageRequestParams,
  CreateMessageResult,
  ElicitRequestURLParams,
  ElicitResult,
  FeatureId,
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
import {
  LOGGING_LEVELS,
  missingCapabilities,
  missingCapability,
  ProtocolError,
  requiredFor,
} from '@switchyard/wire';
import { lifecycleWarning } from '@switchyard/wire/lifecycle';
import type { Principal } from '../identity/principal.ts';
import type { Elicited, ElicitForm, FormRequest } from '../input/elicit.ts';
import { formRequest, urlRequest } from '../input/elicit.ts';
import { holdsLink } from '../input/form.ts';
import { openRounds } from '../input/open-rounds.ts';
import { readForm } from '../input/read-form.ts';
import { checkSampling, checkStructured } from '../input/sampling.ts';
import type { Walk } from '../walk.ts';
import type { DetachedRun } from './detached-run.ts';
import type { AskOptions, RequestContext } from './request-context.ts';

/** The {@link RequestContext} over a walk: one small object per handled request, everything else on demand. */
export class HandlerContext implements RequestContext {
  readonly #walk: Walk;

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

  get detached(): DetachedRun | undefined {
    return this.#walk.detached;
  }

  progress(progress: number, total?: number, message?: string): void {
    this.#walk.detached?.progress(progress, total, message);
    const progressToken = this.#walk.caller.progressToken;
    if (progressToken === undefined || !Number.isFinite(progress) || progress <= this.#walk.progress) return;
    const params: JSONObject = { progressToken, progress };
    if (total !== undefined && Number.isFinite(total)) params['total'] = total;
    if (message !== undefined) params['message'] = message;
    if (this.#walk.notify('notifications/progress', params)) this.#walk.progress = progress;
  }

  log(level: LoggingLevel, data: JSONValue, logger?: string): void {
    this.#warnDeprecated('logging');
    const severity = LOGGING_LEVELS.indexOf(level);
    if (severity < 0) throw new TypeError(`There is no log level '${String(level)}'.`);
    if (data === undefined) throw new TypeError('A log message needs data.');
    const wanted = this.#walk.caller.logLevel;
    if (!this.#walk.runtime.logging || wanted === undefined || severity < LOGGING_LEVELS.indexOf(wanted))
      return;
    const params = logger === undefined ? { level, data } : { level, logger, data };
    this.#walk.notify('notifications/message', params);
  }

  async elicit<S extends SchemaInput>(form: ElicitForm<S>, options?: AskOptions): Promise<Elicited<S>> {
    const request = formRequest(form);
    if (holdsLink(request.params)) this.#walk.runtime.warnOnce(LINK_IN_FORM);
    if (this.#walk.detached !== undefined) return this.#elicitDetached(form, { request, options });
    const answer = await this.#ask<ElicitResult>(request, options);
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
    this.#warnDeprecated('sampling');
    if (params.includeContext !== undefined && params.includeContext !== 'none') {
      this.#warnDeprecated('include-context');
    }
    checkSampling(params);
    const checking = checkStructured(params);
    if (checking !== undefined) await checking;
    return this.#ask<CreateMessageResult>({ method: 'sampling/createMessage', params }, options);
  }

  async listRoots(options?: AskOptions): Promise<ListRootsResult> {
    this.#warnDeprecated('roots');
    return this.#ask<ListRootsResult>({ method: 'roots/list' }, options);
  }

  async step<T extends JSONValue>(name: string, work: () => T | Promise<T>): Promise<T> {
    // What is kept under this name is what `work` returned.
    if (this.#walk.detached !== undefined) return (await this.#walk.detached.step(name, work)) as T;
    const rounds = openRounds(this.#walk);
    return (rounds instanceof Promise ? await rounds : rounds).step(name, work);
  }

  get inputResponses(): Readonly<Record<string, InputResponse>> {
    return this.#walk.rounds?.responses ?? {};
  }

  get requestState(): JSONValue | undefined {
    return this.#walk.rounds?.userState;
  }

  /** Says once that a feature is on its way out, and what to do instead. */
  #warnDeprecated(id: FeatureId): void {
    const warning = lifecycleWarning(id);
    if (warning !== undefined) this.#walk.runtime.warnOnce(warning);
  }

  /** Nobody is there to be told that the answer does not fit: the question is asked again, with what was wrong. */
  async #elicitDetached<S extends SchemaInput>(
    form: ElicitForm<S>,
    { request, options }: { readonly request: FormRequest; readonly options: AskOptions | undefined },
  ): Promise<Elicited<S>> {
    for (let asked = request; ; ) {
      const answer = await this.#ask<ElicitResult>(asked, options);
      try {
        return await readForm(form, answer);
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        const { params } = request;
        asked = { ...request, params: { ...params, message: `${params.message}\n\n${error.message}` } };
      }
    }
  }

  async #ask<T extends InputResponse>(request: InputRequest, options?: AskOptions): Promise<T> {
    const { detached, caller } = this.#walk;
    if (detached !== undefined) {
      const missing = missingCapabilities(requiredFor(request), caller.clientCapabilities);
      if (missing !== undefined) throw missingCapability(missing);
      // Whoever takes answers for detached runs holds them to their questions.
      return (await detached.ask(request, options)) as T;
    }
    const rounds = openRounds(this.#walk);
    const answer = (rounds instanceof Promise ? await rounds : rounds).ask(request, options);
    // The rounds have checked that the answer has the shape that the question's method calls for.
    return (await answer) as T;
  }
}

const LINK_IN_FORM =
  'A form that asks the user for input has a URL in its texts, which clients must not make clickable. ' +
  'To send the user somewhere, use ctx.elicitUrl.';

import type {
  ClientCapabilities,
  InputRequest,
  InputRequiredResult,
  InputResponse,
  JSONValue,
} from '@switchyard/wire';
import {
  missingCapabilities,
  missingCapability,
  ProtocolError,
  requiredFor,
  requiredForAll,
} from '@switchyard/wire';
import type { AskOptions } from '../context/request-context.ts';
import { checkedQuestion, checkKey } from './ask.ts';
import type { InputRequired } from './input-required.ts';
import { InputPending } from './input-required.ts';
import type { InputMethod } from './responses.ts';
import { checkResponse } from './responses.ts';
import type { RoundBinding, RoundState, RoundStates } from './round-state.ts';
import { checkStructured } from './sampling.ts';
import { Steps } from './steps.ts';

/** What rounds need to know of the request they belong to. */
export interface RoundRequest extends RoundBinding {
  readonly clientCapabilities: ClientCapabilities;
  readonly maxRounds: number;
}

type Answer = RoundState['answers'][string];

const FIRST: RoundState = { round: 0, asked: {}, answers: {}, steps: {} };

/**
 * The input rounds of one request: replays the answers and steps of earlier passes, collects the questions of this one.
 * See https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/mrtr.
 */
export class Rounds {
  readonly #states: RoundStates;
  readonly #request: RoundRequest;
  readonly #state: RoundState;
  readonly #answers: Map<string, Answer>;
  readonly #steps: Steps;
  readonly #pending = new Map<string, InputRequest>();
  readonly #asks: Promise<unknown>[] = [];
  readonly #counts = new Map<string, number>();

  private constructor(states: RoundStates, request: RoundRequest, state: RoundState) {
    this.#states = states;
    this.#request = request;
    this.#state = state;
    this.#answers = new Map(Object.entries(state.answers));
    this.#steps = new Steps(state.steps);
  }

  /** The first pass: nothing answered, nothing done. */
  static start(states: RoundStates, request: RoundRequest): Rounds {
    return new Rounds(states, request, FIRST);
  }

  /** A later pass. Answers to questions that were not asked are ignored; a malformed answer throws -32602. */
  static async resume(states: RoundStates, request: RoundRequest, handle: string): Promise<Rounds> {
    const { state, use } = await states.open(handle, request);
    const rounds = new Rounds(states, request, state);
    const responses = request.params['inputResponses'];
    for (const [key, [question, method]] of Object.entries(state.asked)) {
      const response = isRecord(responses) && Object.hasOwn(responses, key) ? responses[key] : undefined;
      if (response !== undefined) rounds.#answers.set(key, [question, checkResponse(key, method, response)]);
    }
    // Only now: a caller whose answers were malformed may mend them and come again with the same state.
    await use();
    return rounds;
  }

  /** The answers so far, by key. */
  get responses(): Readonly<Record<string, InputResponse>> {
    return structuredClone(
      Object.fromEntries([...this.#answers].map(([key, [, response]]) => [key, response])),
    );
  }

  /** What the handler asked to have back. */
  get userState(): JSONValue | undefined {
    return structuredClone(this.#state.user);
  }

  /**
   * The answer to a question, or `InputPending` where the caller must be asked first.
   * An answer counts only for the very question that it was given to.
   */
  ask(request: InputRequest, { key, volunteered = false }: AskOptions = {}): Promise<InputResponse> {
    if (volunteered && key === undefined) throw new TypeError('A question with `volunteered` needs a key.');
    const answer = this.#answer(request, key ?? this.#nextKey(request.method), volunteered);
    // A handler may start several questions and await them later, or never.
    answer.catch(() => undefined);
    this.#asks.push(answer);
    return answer;
  }

  /** Runs `work` once over all passes and keeps its JSON result in the state. */
  async step<T extends JSONValue>(name: string, work: () => T | Promise<T>): Promise<T> {
    await this.#settled();
    if (this.#pending.size > 0) throw new InputPending();
    // What is kept under this name is what `work` returned, in this pass or an earlier one.
    return (await this.#steps.run(name, work)) as T;
  }

  /** The result that asks the caller, or `undefined` where no question is open. Waits for questions just started. */
  async suspend(): Promise<InputRequiredResult | undefined> {
    await this.#settled();
    if (this.#pending.size > 0) await this.#steps.settled();
    return this.#pending.size === 0
      ? undefined
      : this.#result(Object.fromEntries(this.#pending), this.#state.user);
  }

  /** The result for a handler that returned `inputRequired(...)`; rejects with a `TypeError` for a question that is not sound. */
  async suspendWith({ inputRequests, state }: InputRequired): Promise<InputRequiredResult> {
    const questions = Object.entries(inputRequests).map(([key, asked]) => [key, checkedQuestion(key, asked)]);
    const checked: Readonly<Record<string, InputRequest>> = Object.fromEntries(questions);
    this.#require(requiredForAll(checked));
    for (const { method, params } of Object.values(checked)) {
      if (method === 'sampling/createMessage') await checkStructured(params);
    }
    await this.#steps.settled();
    return this.#result(checked, state);
  }

  async #answer(request: InputRequest, key: string, volunteered: boolean): Promise<InputResponse> {
    checkKey(key);
    this.#require(requiredFor(request));
    const known = this.#answers.get(key);
    if (known !== undefined && known[0] === (await this.#digest(request))) return structuredClone(known[1]);
    const offered = volunteered && known === undefined ? this.#offered(key, request.method) : undefined;
    if (offered !== undefined) {
      this.#answers.set(key, [await this.#digest(request), offered]);
      return structuredClone(offered);
    }
    if (this.#pending.has(key)) throw new TypeError(`Two questions have the key '${key}'.`);
    this.#pending.set(key, request);
    throw new InputPending();
  }

  /** What the caller answers to a question that no earlier pass has asked. */
  #offered(key: string, method: InputMethod): InputResponse | undefined {
    const responses = this.#request.params['inputResponses'];
    if (Object.hasOwn(this.#state.asked, key) || !isRecord(responses) || !Object.hasOwn(responses, key)) {
      return undefined;
    }
    return checkResponse(key, method, responses[key]);
  }

  #require(capabilities: ClientCapabilities): void {
    const missing = missingCapabilities(capabilities, this.#request.clientCapabilities);
    if (missing !== undefined) throw missingCapability(missing);
  }

  async #settled(): Promise<void> {
    await Promise.allSettled(this.#asks);
  }

  async #result(
    inputRequests: Readonly<Record<string, InputRequest>>,
    user?: JSONValue,
  ): Promise<InputRequiredResult> {
    const round = this.#state.round + 1;
    if (round > this.#request.maxRounds)
      throw new ProtocolError(-32603, 'The request asks for input too many times.');
    const asked: Record<string, readonly [string, InputMethod]> = {};
    for (const [key, request] of Object.entries(inputRequests))
      asked[key] = [await this.#digest(request), request.method];
    const answers = Object.fromEntries(this.#answers);
    const state = { round, asked, answers, steps: this.#steps.toRecord() };
    const requestState = await this.#states.seal(
      user === undefined ? state : { ...state, user },
      this.#request,
    );
    const questions = Object.keys(inputRequests).length > 0 ? { inputRequests: { ...inputRequests } } : {};
    return { resultType: 'input_required', ...questions, requestState };
  }

  #digest(question: InputRequest): Promise<string> {
    return this.#states.digest(question as unknown as JSONValue); // an input request is JSON; its type is only narrower
  }

  #nextKey(method: string): string {
    const kind = method.slice(0, method.indexOf('/'));
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    return `${kind}-${count}`;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

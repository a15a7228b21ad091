// What this package needs of a server, as `@switchyard/server` has it: declared here, since tasks know no server.

import type {
  ClientCapabilities,
  Implementation,
  InputRequest,
  InputResponse,
  JSONObject,
  JSONValue,
  MetaObject,
  Result,
} from '@switchyard/wire';

/** Who is calling. */
export interface Caller {
  readonly issuer: string;
  readonly subject: string;
  readonly client?: string;
  readonly tenant?: string;
  readonly scopes: readonly string[];
  readonly claims?: Readonly<Record<string, unknown>>;
}

/** What of a handler's context is used. */
export interface HandlerContextLike {
  readonly principal: Caller;
  readonly protocolVersion: string;
  readonly clientInfo: Implementation | undefined;
  readonly clientCapabilities: ClientCapabilities;
  readonly meta: MetaObject;
  readonly signal: AbortSignal;
  /** `undefined` on stdio. */
  header(name: string): string | undefined;
  readonly detached: DetachedRunLike | undefined;
  step<T extends JSONValue>(name: string, work: () => T | Promise<T>): Promise<T>;
  progress(progress: number, total?: number, message?: string): void;
}

/** Where steps, questions and progress go of a handler that runs outside of any request. */
export interface DetachedRunLike {
  step(name: string, work: () => JSONValue | Promise<JSONValue>): Promise<JSONValue>;
  ask(question: InputRequest, options?: { readonly key?: string }): Promise<InputResponse>;
  progress(progress: number, total?: number, message?: string): void;
}

/** What a server lets extensions do. */
export interface HostLike {
  readonly tools: ReadonlyMap<string, { readonly extensions: Readonly<Record<string, unknown>> | undefined }>;
  callTool(call: {
    readonly tool: string;
    readonly args: unknown;
    readonly request: {
      readonly id: string;
      readonly protocolVersion: string;
      readonly principal: Caller;
      readonly clientInfo?: Implementation | undefined;
      readonly clientCapabilities: ClientCapabilities;
      readonly meta: MetaObject;
    };
    readonly run: DetachedRunLike;
    readonly signal: AbortSignal;
  }): Promise<Result>;
  checkArguments(
    tool: string,
    args: unknown,
  ): Promise<{ readonly ok: true; readonly args: unknown } | { readonly ok: false; readonly result: Result }>;
  checkAnswer(key: string, question: InputRequest, answer: unknown): Promise<InputResponse>;
  principalKey(principal: Caller): string;
  reportError(error: unknown, where: string): string;
  warnOnce(message: string): void;
}

/** One operation, as middleware sees it. */
export interface OperationLike {
  readonly method: string;
  readonly name: string | undefined;
  readonly params: Readonly<Record<string, unknown>>;
  readonly ctx: HandlerContextLike;
  readonly toolExtensions: Readonly<Record<string, unknown>> | undefined;
}

/** An extension, as `registerExtension` takes it. */
export interface ServerExtension {
  readonly id: string;
  readonly settings: JSONObject;
  readonly methods: Readonly<Record<string, MethodLike>>;
  readonly resultTypes: readonly string[];
  readonly listen: Readonly<Record<string, ListenFieldLike>>;
  readonly around: (call: OperationLike, next: () => Promise<Result>) => Promise<Result>;
  readonly served: (host: HostLike) => void;
  readonly close: (options: { readonly timeoutMs: number }) => Promise<void>;
}

/** A method of an extension. */
export interface MethodLike {
  readonly nameParam: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly handler: (
    params: Readonly<Record<string, unknown>>,
    ctx: HandlerContextLike,
  ) => Promise<Readonly<Record<string, unknown>>>;
}

/** A field of the filter of `subscriptions/listen`. */
export interface ListenFieldLike {
  readonly undeclared: 'refuse';
  readonly accept: (
    wish: unknown,
    ctx: HandlerContextLike,
  ) => Promise<{
    readonly agreed: unknown;
    readonly topics: readonly string[];
    readonly follow?: (send: (method: string, params: JSONObject) => void) => () => void;
  }>;
}

import type {
  ClientCapabilities,
  Implementation,
  InputRequest,
  InputResponse,
  MetaObject,
  Result,
} from '@switchyard/wire';
import type { DetachedRun } from '../context/detached-run.ts';
import type { Principal } from '../identity/principal.ts';

/** What an extension may do with one set of definitions, outside of any request. */
export interface ExtensionHost {
  /** The tools, by name. */
  readonly tools: ReadonlyMap<string, HostedTool>;
  /**
   * Runs a tool's handler as a call would, without a caller: no middleware, no notifications, no input rounds; what the handler
   * asks and does in steps goes through `run`. Resolves with the result, of type `complete`; rejects with what the handler threw,
   * apart from a `ToolError`, which is a result.
   */
  callTool(call: DetachedCall): Promise<Result>;
  /** Holds arguments to a tool's schema: what the handler would get, or the result that says what is wrong. */
  checkArguments(tool: string, args: unknown): Promise<CheckedToolArguments>;
  /** Holds an answer to its question; rejects with a -32602 `ProtocolError` that names the key and what does not fit. */
  checkAnswer(key: string, question: InputRequest, answer: unknown): Promise<InputResponse>;
  /** A text that is equal for two principals only where they are the same; for binding what is kept to its owner. */
  principalKey(principal: Principal): string;
  /** Reports an error that no caller may see; returns the reference to give instead. */
  reportError(error: unknown, where: string): string;
  /** Says once what the operator should mend. */
  warnOnce(message: string): void;
}

/** A tool as extensions see it. */
export interface HostedTool {
  /** Its settings for extensions, by extension identifier. */
  readonly extensions: Readonly<Record<string, unknown>> | undefined;
}

/** A call without a caller. */
export interface DetachedCall {
  readonly tool: string;
  readonly args: unknown;
  /** What the handler sees of the request that this stands for. */
  readonly request: DetachedRequest;
  readonly run: DetachedRun;
  readonly signal: AbortSignal;
}

/** The request that a detached call stands for. */
export interface DetachedRequest {
  readonly id: string;
  readonly protocolVersion: string;
  readonly principal: Principal;
  readonly clientInfo?: Implementation | undefined;
  /** What the handler may ask for. */
  readonly clientCapabilities: ClientCapabilities;
  readonly meta: MetaObject;
}

/** Arguments held to a schema. */
export type CheckedToolArguments =
  | { readonly ok: true; readonly args: unknown }
  | { readonly ok: false; readonly result: Result };

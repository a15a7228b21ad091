import type { SchemaInput } from '@switchyard/schema';
import type { JSONObject, Result } from '@switchyard/wire';
import type { RequestContext } from '../context/request-context.ts';
import type { Middleware } from '../operations/middleware.ts';
import type { Topic } from '../subscriptions/bus.ts';
import type { ExtensionHost } from './extension-host.ts';

/**
 * An optional addition to the protocol, such as Tasks.
 * What it adds is served only to requests that declare it in their own `clientCapabilities.extensions`.
 * See https://modelcontextprotocol.io/specification/2026-07-28/basic/versioning#extension-negotiation.
 */
export interface Extension {
  /** `{vendor-prefix}/{name}`, such as `io.modelcontextprotocol/tasks`. */
  readonly id: string;
  /** What `server/discover` says of it. @default {} */
  readonly settings?: JSONObject;
  /** Methods that it adds, by name. */
  readonly methods?: Readonly<Record<string, ExtensionMethod>>;
  /** Values of `resultType` that its methods, or its middleware, may give to a request that declares it. */
  readonly resultTypes?: readonly string[];
  /** Fields that it adds to the filter of `subscriptions/listen`, by field name. */
  readonly listen?: Readonly<Record<string, ListenField>>;
  /** Wraps every operation of requests that declare the extension, inside the server's own middleware. */
  readonly around?: Middleware;
  /**
   * Called with every set of definitions that is put into service: the first before the server is ready, later ones after a
   * change. For extensions that also work while no request is there.
   */
  readonly served?: (host: ExtensionHost) => void;
  /** Called when the server closes; what it waits for counts towards the time that closing may take. */
  readonly close?: (options: { readonly timeoutMs: number }) => void | Promise<void>;
}

/** One method of an extension. */
export interface ExtensionMethod {
  /** The field of `params` that the `Mcp-Name` header mirrors. */
  readonly nameParam?: string;
  /** Shape of `params` without `_meta`; a request that does not conform is refused with -32602. */
  readonly params?: SchemaInput;
  /** Answers the request; `resultType` is `complete` where it is left out. */
  readonly handler: (
    params: Readonly<Record<string, unknown>>,
    ctx: RequestContext,
  ) => ExtensionResult | Promise<ExtensionResult>;
}

/** A result whose `resultType` may be left out. */
export type ExtensionResult = Partial<Pick<Result, 'resultType'>> & Readonly<Record<string, unknown>>;

/** One field of the listen filter. */
export interface ListenField {
  /**
   * Decides what of the wish is honoured.
   * `agreed` goes into the acknowledgement, `undefined` where nothing is; `topics` are what the stream hears of;
   * `initial` are notifications to send right after the acknowledgement.
   */
  readonly accept: (wish: unknown, ctx: RequestContext) => ListenAgreement | Promise<ListenAgreement>;
  /** What becomes of a request that has the field and does not declare the extension: -32021 with `refuse`. @default 'ignore' */
  readonly undeclared?: 'ignore' | 'refuse';
}

/** What of a wish is honoured. */
export interface ListenAgreement {
  readonly agreed?: unknown;
  readonly topics: readonly Topic[];
  readonly initial?: readonly { readonly method: string; readonly params?: JSONObject }[];
  /**
   * Feeds the stream from somewhere other than the bus: called once the acknowledgement and `initial` are sent, with what sends a
   * notification; returns the way to stop. Where an extension's field is given, and neither topics nor this come of the whole filter,
   * the stream ends in good order behind its acknowledgement.
   */
  readonly follow?: (send: (method: string, params: JSONObject) => void) => () => void;
}

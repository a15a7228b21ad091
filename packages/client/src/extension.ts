import type { InputRequest, InputResponse, JSONObject, Result, SubscriptionFilter } from '@switchyard/wire';
import { extensionFault } from '@switchyard/wire';
import type { CallOptions } from './call/call-options.ts';
import type { Environment } from './environment.ts';
import type { InputHandlers } from './input/handlers.ts';
import type { Params } from './link.ts';
import type { ListenOptions, Subscription } from './listen/subscription.ts';

/**
 * An optional addition to the protocol, as a client speaks it; the counterpart of the server's `Extension`.
 * Spec: basic/versioning#extension-negotiation.
 */
export interface ClientExtension {
  /** `{vendor-prefix}/{name}`, such as `io.modelcontextprotocol/tasks`. */
  readonly id: string;
  /** What every request declares of it. @default {} */
  readonly settings?: JSONObject;
  /** Methods that it adds, by name. */
  readonly methods?: Readonly<Record<string, ClientExtensionMethod>>;
  /** What becomes of results of types that it adds, by `resultType`. */
  readonly resultTypes?: Readonly<Record<string, ResultHandler>>;
  /** Notifications that it adds, by method; they are heard on calls and on subscriptions. */
  readonly notifications?: Readonly<Record<string, (params: Params) => void>>;
  /** Gets what it can do with its client, once, before anything is sent. May throw where it serves one client only. */
  install?(host: ExtensionHost): void;
}

/** What an extension can do with the client that it is part of. */
export interface ExtensionHost {
  /** What is dialled. */
  readonly address: string;
  readonly environment: Environment;
  /** Aborted, with the reason, when the client is closed. */
  readonly closed: AbortSignal;
  /** Sends a request and sees it through, or up to a result of the type `until`, which comes back as it is. */
  request(call: HostCall): Promise<Result>;
  /** Answers one input request as those of a call are answered: by the client's handlers, or by others that are given in their place. */
  answer(request: InputRequest, call: HostCall, handlers?: InputHandlers): Promise<InputResponse>;
  /** Holds a result that came by another way to what its call must be answered with. Rejects with `ClientError` `invalid-response`. */
  check(call: HostCall, result: Result): Promise<Result>;
  /** Hears of changes; extensions may add members to the filter. */
  listen(filter: SubscriptionFilter & Params, options?: ListenOptions): Subscription;
  /** Tells what goes wrong without failing a call. */
  warn(message: string): void;
}

/** A request of an extension. */
export interface HostCall {
  readonly method: string;
  readonly params: Params;
  readonly options?: CallOptions | undefined;
  /** The `resultType` that is not seen through. */
  readonly until?: string;
}

/** A method of an extension. */
export interface ClientExtensionMethod {
  /** The param that the `Mcp-Name` header repeats. */
  readonly nameParam?: string;
  /** Whether the request may be sent again although it may have run. @default false */
  readonly repeatable?: boolean;
}

/** Turns a result of an extension's type into one of a known type: waits for a task, say. */
export type ResultHandler = (result: Result, ctx: ResultContext) => Result | Promise<Result>;

/** What a result handler has to work with. */
export interface ResultContext {
  /** The request that was answered so. */
  readonly method: string;
  readonly params: Params;
  readonly options: CallOptions | undefined;
  /** Sends a further request, and sees it through. */
  request(method: string, params?: Params, options?: CallOptions): Promise<Result>;
}

/** All extensions of a client, as tables. */
export interface Extensions {
  readonly settings: Readonly<Record<string, JSONObject>>;
  readonly methods: ReadonlyMap<string, ClientExtensionMethod>;
  readonly resultTypes: ReadonlyMap<string, ResultHandler>;
  readonly notifications: ReadonlyMap<string, (params: Params) => void>;
}

/** Makes tables of extensions. Throws `TypeError` for a bad id, and for what two of them claim. */
export function toExtensions(extensions: readonly ClientExtension[]): Extensions {
  const settings: Record<string, JSONObject> = {};
  const methods = new Map<string, ClientExtensionMethod>();
  const resultTypes = new Map<string, ResultHandler>([]);
  const notifications = new Map<string, (params: Params) => void>();
  for (const extension of extensions) {
    const own = extension.settings ?? {};
    const fault = extensionFault(extension.id, own);
    if (fault !== undefined) throw new TypeError(fault);
    if (Object.hasOwn(settings, extension.id)) throw new TypeError(`${extension.id} is given twice.`);
    settings[extension.id] = own;
    claim(methods, extension.methods, 'The method');
    claim(resultTypes, extension.resultTypes, 'The result type');
    claim(notifications, extension.notifications, 'The notification');
  }
  for (const type of ['complete', 'input_required']) {
    if (resultTypes.has(type)) throw new TypeError(`The result type ${type} is the protocol's own.`);
  }
  return { settings, methods, resultTypes, notifications };
}

function claim<T>(table: Map<string, T>, rows: Readonly<Record<string, T>> | undefined, what: string): void {
  for (const [name, row] of Object.entries(rows ?? {})) {
    if (table.has(name)) throw new TypeError(`${what} ${name} is claimed by two extensions.`);
    table.set(name, row);
  }
}

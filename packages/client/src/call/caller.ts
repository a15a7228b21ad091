import type {
  JSONRPCNotification,
  LoggingMessageNotificationParams,
  ProgressNotificationParams,
  Result,
} from '@switchyard/wire';
import { META, NOTIFICATIONS } from '@switchyard/wire';
import { ClientError } from '../errors.ts';
import type { HeaderBag, LinkRequest, Next, Params } from '../link.ts';
import { lowerCased } from '../link.ts';
import type { CallDefaults, CallOptions } from './call-options.ts';
import type { CallPolicy } from './policy.ts';

/** What calls of one client share. */
export interface CallerParts {
  /** All links, down to the wire. */
  readonly pipeline: Next;
  readonly defaults: CallDefaults;
  /** Headers of every call. */
  readonly headers: () => HeaderBag | Promise<HeaderBag>;
  /** Whether a request may be repeated although it may have run. */
  readonly repeatable: (method: string, params: Params) => boolean;
  /** Hears notifications that are neither progress nor log messages. */
  readonly notified: (notification: JSONRPCNotification) => void;
  /** Is told where a callback of the caller's throws. */
  readonly warn: (message: string) => void;
  readonly closed: () => boolean;
}

/** Makes a request out of a call, and sends it through the links. */
export type Caller = (method: string, params: Params, options?: CallOptions) => Promise<Result>;

/** Builds the caller of a client. */
export function createCaller(parts: CallerParts): Caller {
  return async (method, params, options = NO_OPTIONS) => {
    if (parts.closed()) throw new ClientError('closed', 'The client is closed.');
    // Beside the envelope it would be a second member of that name, which peers read as they please.
    if ('_meta' in params) throw new TypeError('Give what _meta is to hold as `meta` among the options.');
    const always = parts.headers();
    const headers = always instanceof Promise ? await always : always;
    const request: LinkRequest = {
      method,
      params,
      meta: metaOf(options),
      headers: options.headers === undefined ? headers : { ...headers, ...lowerCased(options.headers) },
      signal: options.signal,
      notify: (notification) => deliver(notification, options, parts),
      progress: options.onProgress !== undefined,
      policy: policyOf(method, params, { options, parts }),
    };
    return parts.pipeline(request);
  };
}

const NO_OPTIONS: CallOptions = Object.freeze({});
const NO_META: Params = Object.freeze({});

function metaOf({ meta, onLog, logLevel }: CallOptions): Params {
  if (onLog === undefined) return meta ?? NO_META;
  return { ...meta, [META.logLevel]: logLevel ?? 'info' };
}

function policyOf(
  method: string,
  params: Params,
  { options, parts }: { readonly options: CallOptions; readonly parts: CallerParts },
): CallPolicy {
  const { defaults } = parts;
  return {
    timeoutMs: options.timeoutMs ?? defaults.timeoutMs,
    totalTimeoutMs: options.totalTimeoutMs ?? defaults.totalTimeoutMs,
    progressResetsTimeout: options.progressResetsTimeout ?? defaults.progressResetsTimeout,
    retries: options.retries ?? defaults.retries,
    repeatable: options.repeatable ?? parts.repeatable(method, params),
    cache: options.cache ?? 'use',
  };
}

function deliver(
  notification: JSONRPCNotification,
  { onProgress, onLog }: CallOptions,
  { notified, warn }: CallerParts,
): void {
  const { method, params } = notification;
  try {
    if (method === NOTIFICATIONS.progress) {
      if (isProgress(params)) onProgress?.(params);
    } else if (method === NOTIFICATIONS.message) {
      if (isLog(params)) onLog?.(params);
    } else notified(notification);
  } catch (error) {
    // What a listener does wrong is no reason to lose the answer.
    warn(`A listener to ${method} failed: ${String(error)}`);
  }
}

function isProgress(params: unknown): params is ProgressNotificationParams {
  return typeof params === 'object' && params !== null && typeof Reflect.get(params, 'progress') === 'number';
}

function isLog(params: unknown): params is LoggingMessageNotificationParams {
  return typeof params === 'object' && params !== null && typeof Reflect.get(params, 'level') === 'string';
}

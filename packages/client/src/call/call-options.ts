import type {
  LoggingLevel,
  LoggingMessageNotificationParams,
  ProgressNotificationParams,
} from '@switchyard/wire';
import type { HeaderBag, Params } from '../link.ts';
import type { CacheMode } from './policy.ts';

/** How one call is made; whatever is left out is as the client has it. */
export interface CallOptions {
  /** Cancels the call: closes its stream over HTTP, sends `notifications/cancelled` over stdio. Spec: basic/patterns/cancellation. */
  readonly signal?: AbortSignal;
  /** For how long one attempt may stay unanswered, in milliseconds; 0 for no limit. @default 60000 */
  readonly timeoutMs?: number;
  /** For how long one round with all its repetitions may take, in milliseconds, progress or not; 0 for no limit. @default 300000 */
  readonly totalTimeoutMs?: number;
  /** Whether progress starts `timeoutMs` anew. Needs `onProgress`. @default true */
  readonly progressResetsTimeout?: boolean;
  /** How many times the request may be sent again. @default 2 */
  readonly retries?: number;
  /** Whether it may be sent again although the first may have run. @default true for what only reads, and for tools whose annotations say so */
  readonly repeatable?: boolean;
  /** What the cache is used for. @default 'use' */
  readonly cache?: CacheMode;
  /** Who answers when the server asks for input: the client's handlers, or the caller, who then gets a pending call. @default 'auto' */
  readonly input?: 'auto' | 'manual';
  /** Asks for progress, and hears it. Spec: basic/patterns/progress. */
  readonly onProgress?: (progress: ProgressNotificationParams) => void;
  /** Asks for log messages of `logLevel` and above, and hears them. Spec: server/utilities/logging. */
  readonly onLog?: (message: LoggingMessageNotificationParams) => void;
  /** The least severe log message wanted. Needs `onLog`. @default 'info' */
  readonly logLevel?: LoggingLevel;
  /** Headers of this call; they count as part of who is calling, for the cache. */
  readonly headers?: HeaderBag;
  /** More for `_meta`: a trace context, keys of extensions. */
  readonly meta?: Params;
}

/** What a client does where a call says nothing. */
export interface CallDefaults {
  readonly timeoutMs: number;
  readonly totalTimeoutMs: number;
  readonly progressResetsTimeout: boolean;
  readonly retries: number;
}

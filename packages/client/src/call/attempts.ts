import { type JSONRPCNotification, NOTIFICATIONS, type Result } from '@switchyard/wire';
import type { Environment } from '../environment.ts';
import { abortError, ClientError, ProtocolError, withEarlierRun } from '../errors.ts';
import type { Link, LinkRequest, Next } from '../link.ts';

/** How repetitions are spaced. */
export interface Backoff {
  /** What the first pause is about, in milliseconds; each further one is twice as long. @default 250 */
  readonly baseMs: number;
  /** The longest pause, in milliseconds, unless the server asks for a longer one. @default 10000 */
  readonly maxMs: number;
}

/** The spacing that applies where none is given. */
export const DEFAULT_BACKOFF: Backoff = { baseMs: 250, maxMs: 10_000 };

/** The longest pause that a server may ask for; a longer wish ends the call. */
const MAX_RETRY_AFTER_MS = 60_000;

/**
 * Holds a request to its limits of time, and sends it again where that may help and may be done: pauses grow, with jitter,
 * and `Retry-After` is honoured. What it fails with in the end says whether any attempt may have run.
 * Spec: basic/patterns/cancellation#timeouts.
 */
export function retryLink(environment: Environment, backoff: Backoff = DEFAULT_BACKOFF): Link {
  return async (request, next) => {
    const { totalTimeoutMs, retries } = request.policy;
    const end = totalTimeoutMs === 0 ? Number.POSITIVE_INFINITY : environment.now() + totalTimeoutMs;
    let earlierMayHaveRun = false;
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await withinLimits(request, next, { environment, end });
      } catch (error) {
        const told = earlierMayHaveRun ? withEarlierRun(error) : error;
        const pauseMs = pauseAfter(error, request, { attempt, backoff, environment });
        if (attempt >= retries || pauseMs === undefined || environment.now() + pauseMs >= end) throw told;
        earlierMayHaveRun ||= isPassing(error) && mayHaveRun(error);
        await sleep(pauseMs, environment, request.signal).catch((aborted: unknown) => {
          throw earlierMayHaveRun ? withEarlierRun(aborted) : aborted;
        });
      }
    }
  };
}

/** Waits; rejects with the error of the signal where it is aborted before. */
export function sleep(ms: number, environment: Environment, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = environment.after(ms, () => {
      signal?.removeEventListener('abort', aborted);
      resolve();
    });
    function aborted(): void {
      stop();
      // The listener is only there where the signal is.
      reject(abortError(signal as AbortSignal, false));
    }
    if (signal?.aborted === true) aborted();
    else signal?.addEventListener('abort', aborted, { once: true });
  });
}

/** A pause of full jitter: anything up to the base doubled with every attempt. */
export function jittered(attempt: number, { baseMs, maxMs }: Backoff, environment: Environment): number {
  return Math.min(maxMs, baseMs * 2 ** Math.min(attempt, 30)) * (0.5 + environment.random() / 2);
}

interface Limits {
  readonly environment: Environment;
  /** When all attempts must be over. */
  readonly end: number;
}

async function withinLimits(request: LinkRequest, next: Next, { environment, end }: Limits): Promise<Result> {
  const { signal, policy, notify } = request;
  if (policy.timeoutMs === 0 && end === Number.POSITIVE_INFINITY) return next(request);
  if (signal?.aborted === true) throw abortError(signal, false);
  const controller = new AbortController();
  const started = environment.now();
  const start = (): (() => void) => {
    const now = environment.now();
    const ms = Math.min(policy.timeoutMs === 0 ? Number.POSITIVE_INFINITY : policy.timeoutMs, end - now);
    return environment.after(ms, () => controller.abort(timeout(environment.now() - started)));
  };
  let stop = start();
  const restart = (notification: JSONRPCNotification): void => {
    if (notification.method === NOTIFICATIONS.progress) {
      stop();
      stop = start();
    }
    notify?.(notification);
  };
  const abort = (): void => controller.abort(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  try {
    const watched = policy.progressResetsTimeout && request.progress ? restart : notify;
    return await next({ ...request, signal: controller.signal, notify: watched });
  } finally {
    stop();
    signal?.removeEventListener('abort', abort);
  }
}

function timeout(ms: number): ClientError {
  return new ClientError('timeout', `No answer came within ${ms} ms.`, { mayHaveRun: true });
}

interface Circumstances {
  readonly attempt: number;
  readonly backoff: Backoff;
  readonly environment: Environment;
}

/** How long to wait before the request is sent again, or undefined where it must not be. */
function pauseAfter(error: unknown, request: LinkRequest, circumstances: Circumstances): number | undefined {
  if (!isPassing(error)) return undefined;
  if (mayHaveRun(error) && !request.policy.repeatable) return undefined;
  if (request.signal?.aborted === true) return undefined;
  const { attempt, backoff, environment } = circumstances;
  const wishMs = error.retryAfterMs ?? 0;
  if (wishMs > MAX_RETRY_AFTER_MS) return undefined;
  return Math.max(wishMs, jittered(attempt, backoff, environment));
}

/** Whether what failed may do better later. */
function isPassing(error: unknown): error is ClientError | ProtocolError {
  if (error instanceof ProtocolError) return error.status !== undefined && PASSING_STATUSES.has(error.status);
  if (!(error instanceof ClientError)) return false;
  if (error.code === 'http-status') return error.status !== undefined && PASSING_STATUSES.has(error.status);
  return error.code === 'network' || error.code === 'interrupted' || error.code === 'timeout';
}

const PASSING_STATUSES: ReadonlySet<number> = new Set([408, 425, 429, 502, 503, 504]);

/** A 429 is a refusal at the door; of anything else the server's own word is needed that it did nothing. */
function mayHaveRun(error: ClientError | ProtocolError): boolean {
  if (error.status === 429) return false;
  return error instanceof ProtocolError ? true : error.mayHaveRun;
}

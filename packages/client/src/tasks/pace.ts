import type { Task } from '@switchyard/wire';
import { jittered } from '../call/attempts.ts';
import type { Environment } from '../environment.ts';
import { ClientError, isOutage, ProtocolError } from '../errors.ts';

const DEFAULT_POLL_MS = 1_000;
const MIN_POLL_MS = 100;
const MAX_POLL_MS = 300_000;
/** How often to look all the same while a stream tells of changes. */
const STREAMED_POLL_MS = 30_000;

/** When to ask for a task again. */
export class Pace {
  readonly #environment: Environment;
  readonly #maxOutageMs: number;
  #failures = 0;
  #failingSince: number | undefined;
  #wishMs = 0;

  constructor(environment: Environment, maxOutageMs: number) {
    this.#environment = environment;
    this.#maxOutageMs = maxOutageMs;
  }

  /** Whether the server could not answer when it was last asked. */
  get failing(): boolean {
    return this.#failures > 0;
  }

  /** How long to wait, in milliseconds: what the task says by now, within bounds, a little more or less; longer after failures. */
  pauseMs({ pollIntervalMs = DEFAULT_POLL_MS }: Pick<Task, 'pollIntervalMs'>, streamed: boolean): number {
    const asked = Math.min(MAX_POLL_MS, Math.max(MIN_POLL_MS, pollIntervalMs));
    const base = streamed ? Math.max(asked, STREAMED_POLL_MS) : asked;
    const backoff = { baseMs: base * 2, maxMs: MAX_POLL_MS };
    if (this.#failures > 0)
      return Math.max(this.#wishMs, jittered(this.#failures - 1, backoff, this.#environment));
    return base * (0.9 + this.#environment.random() / 5);
  }

  /** The server has answered. */
  succeeded(): void {
    this.#failures = 0;
    this.#failingSince = undefined;
    this.#wishMs = 0;
  }

  /** Throws what went wrong, unless it may pass and has not lasted for too long. */
  failed(error: unknown): void {
    const now = this.#environment.now();
    this.#failingSince ??= now;
    if (!isPassing(error) || now - this.#failingSince >= this.#maxOutageMs) throw error;
    this.#failures += 1;
    this.#wishMs = Math.min(error.retryAfterMs ?? 0, MAX_POLL_MS);
  }
}

/** Whether the server could not answer, and may do so later. */
export function isPassing(error: unknown): error is ClientError | ProtocolError {
  if (error instanceof ProtocolError || error instanceof ClientError)
    return isOutage(error) || error.status === 429;
  return false;
}

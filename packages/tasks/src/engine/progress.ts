import type { TaskEnvironment } from './environment.ts';
import { toStatusMessage } from './text.ts';

/** Writes the last of many messages, at once where nothing was written lately, and otherwise as soon as it may. */
export class Progress {
  readonly #write: (message: string) => Promise<unknown>;
  readonly #environment: TaskEnvironment;
  readonly #everyMs: number;
  #waiting: string | undefined;
  #stopTimer: (() => void) | undefined;

  constructor(
    write: (message: string) => Promise<unknown>,
    { environment, everyMs }: { readonly environment: TaskEnvironment; readonly everyMs: number },
  ) {
    this.#write = write;
    this.#environment = environment;
    this.#everyMs = everyMs;
  }

  say(message: string): void {
    this.#waiting = toStatusMessage(message);
    if (this.#stopTimer === undefined) this.#send();
  }

  /** The message that has not been written; none will be from now on. */
  end(): string | undefined {
    this.#stopTimer?.();
    // Any timer at all keeps messages from being sent.
    this.#stopTimer = () => undefined;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    return waiting;
  }

  #send(): void {
    const message = this.#waiting;
    this.#waiting = undefined;
    this.#stopTimer = undefined;
    if (message === undefined) return;
    this.#stopTimer = this.#environment.after(this.#everyMs, () => this.#send());
    // It says something about now: where it cannot be written, the next one will be.
    this.#write(message).catch(() => undefined);
  }
}

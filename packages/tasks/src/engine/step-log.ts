import type { JSONValue } from '@switchyard/wire';
import type { JsonText } from '../state/row.ts';
import { TaskLimitError } from './errors.ts';

/** Where results of steps go. */
export interface StepLogOptions {
  readonly save: (name: string, result: JsonText) => Promise<void>;
  /** Called when the last step that was under way has ended. */
  readonly idle: () => void;
  readonly maxSteps: number;
  readonly maxSize: number;
}

/** The steps of one task, as one run sees them. */
export class StepLog {
  readonly #options: StepLogOptions;
  readonly #running = new Map<string, Promise<JsonText>>();
  #done: Map<string, JsonText>;

  constructor(done: Readonly<Record<string, JsonText>>, options: StepLogOptions) {
    this.#done = new Map(Object.entries(done));
    this.#options = options;
  }

  /** How many are under way. */
  get active(): number {
    return this.#running.size;
  }

  /** What the store has now. */
  update(done: Readonly<Record<string, JsonText>>): void {
    this.#done = new Map(Object.entries(done));
  }

  has(name: string): boolean {
    return this.#done.has(name);
  }

  /** The result of the step of this name; every caller gets a copy, the same in this run as in later ones. */
  async run(name: string, work: () => unknown): Promise<JSONValue> {
    const text = this.#done.get(name) ?? (await (this.#running.get(name) ?? this.#start(name, work)));
    return JSON.parse(text);
  }

  #start(name: string, work: () => unknown): Promise<JsonText> {
    const running = this.#finish(name, work);
    this.#running.set(name, running);
    const ended = (): void => {
      this.#running.delete(name);
      if (this.#running.size === 0) this.#options.idle();
    };
    running.then(ended, ended);
    return running;
  }

  async #finish(name: string, work: () => unknown): Promise<JsonText> {
    const { maxSteps, maxSize } = this.#options;
    if (this.#done.size + this.#running.size >= maxSteps)
      throw new TaskLimitError('too-many-steps', `A task can have at most ${maxSteps} steps.`);
    const text: JsonText | undefined = JSON.stringify(await work());
    // What JSON cannot carry is lost, in this run as in later ones.
    const result = text ?? 'null';
    if (result.length > maxSize)
      throw new TaskLimitError(
        'step-too-large',
        `The result of the step '${name}' is larger than ${maxSize} characters.`,
      );
    await this.#options.save(name, result);
    this.#done.set(name, result);
    return result;
  }
}

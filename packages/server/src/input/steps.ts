import type { JSONValue } from '@switchyard/wire';

/** The side effects of one request: each is done once over all passes of its handler, its JSON result kept. */
export class Steps {
  readonly #done: Map<string, JSONValue>;
  readonly #running = new Map<string, Promise<JSONValue>>();

  /** `done` are the results of earlier passes, by name. */
  constructor(done: Readonly<Record<string, JSONValue>>) {
    this.#done = new Map(Object.entries(done));
  }

  /**
   * The result of the step of this name, from an earlier pass where there is one. Every caller gets a copy, the same in
   * this pass as in later ones: what JSON cannot carry is lost at once, and `undefined` is `null`.
   */
  async run(name: string, work: () => unknown): Promise<JSONValue> {
    const done = this.#done.get(name);
    if (done !== undefined) return structuredClone(done);
    const running = this.#running.get(name) ?? this.#start(name, work);
    return structuredClone(await running);
  }

  /** Resolves when no step is under way: what is sealed before would lose its result. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running.values());
  }

  /** The results so far, by name. */
  toRecord(): Readonly<Record<string, JSONValue>> {
    return Object.fromEntries(this.#done);
  }

  #start(name: string, work: () => unknown): Promise<JSONValue> {
    const running = this.#finish(name, work);
    this.#running.set(name, running);
    const ended = (): unknown => this.#running.delete(name);
    running.then(ended, ended);
    return running;
  }

  async #finish(name: string, work: () => unknown): Promise<JSONValue> {
    const text: string | undefined = JSON.stringify(await work());
    const result: JSONValue = text === undefined ? null : JSON.parse(text);
    this.#done.set(name, result);
    return result;
  }
}

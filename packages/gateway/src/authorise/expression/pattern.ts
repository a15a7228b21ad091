import { RE2JS, RE2JSException } from 're2js';

/**
 * The patterns of a policy, compiled. RE2 takes time in proportion to the text; how much text one decision may search is
 * bounded, because a rule may search once for each member of an argument.
 */
export class PatternBook {
  readonly #compiled = new Map<string, RE2JS>();
  #left = MOST_SEARCHED;

  /** Compiles a pattern; what is wrong with it, or undefined. */
  add(pattern: string): string | undefined {
    if (this.#compiled.has(pattern)) return undefined;
    try {
      this.#compiled.set(pattern, RE2JS.compile(pattern));
      return undefined;
    } catch (error) {
      if (error instanceof RE2JSException) return error.message;
      throw error;
    }
  }

  /** A decision begins. */
  refill(): void {
    this.#left = MOST_SEARCHED;
  }

  /** Whether the pattern is found in the text; `undefined` where this decision has searched too much. */
  test(pattern: string, text: string): boolean | undefined {
    this.#left -= text.length;
    return this.#left < 0 ? undefined : this.#compiled.get(pattern)?.test(text);
  }
}

/** UTF-16 units for each decision: some tens of milliseconds with the worst of patterns. */
const MOST_SEARCHED = 32 * 1024;

import type { Result } from '@switchyard/wire';
import type { Exchange } from '../exchange.ts';
import type { Refusal } from '../refusal.ts';
import type { View, Viewed } from '../views/view.ts';
import type { Question } from './question.ts';
import { isSaid, type Said } from './said.ts';
import type { ResultSource } from './source.ts';

/** What makes up a surface. */
export interface SurfaceParts {
  readonly source: ResultSource;
  /** In the order in which they change results. */
  readonly views: readonly View[];
}

/**
 * The servers as a caller may see them: asks for results and shows them through the views. What serves a single server's
 * path, and what a federation asks for each of its members.
 */
export class Surface {
  readonly #source: ResultSource;
  readonly #views: readonly View[];

  constructor({ source, views }: SurfaceParts) {
    this.#source = source;
    this.#views = views;
  }

  /** Whether results of that method are to be read; where not, they pass through. */
  concerns(method: string): boolean {
    for (const view of this.#views) if (view.concerns(method)) return true;
    return false;
  }

  /** Equal for two exchanges only where they see the same of the same result. */
  key(exchange: Exchange, method: string): string {
    const keys: string[] = [];
    for (const view of this.#views) if (view.concerns(method)) keys.push(view.key(exchange));
    return keys.length === 1 ? (keys[0] ?? '') : JSON.stringify(keys);
  }

  /** What the server says, as the caller may see it. Rejects only where a view fails: nothing may then be shown. */
  async ask(question: Question): Promise<Said | Refusal> {
    const said = await this.#source.ask(question);
    if (!isSaid(said) || said.kind === 'error') return said;
    const result = await this.show(said.result, question);
    return result === said.result ? said : { ...said, result };
  }

  /**
   * A result as the caller may see it, whatever type it says it is of. What depends on the caller is no longer `public`, so
   * that no cache between the gateway and its callers shares it.
   */
  async show(result: Result, viewed: Viewed): Promise<Result> {
    let shown = result;
    let personal = false;
    for (const view of this.#views) {
      if (!view.concerns(viewed.method)) continue;
      shown = await view.apply(shown, viewed);
      personal ||= view.perCaller;
    }
    return personal && shown['cacheScope'] === 'public' ? { ...shown, cacheScope: 'private' } : shown;
  }
}

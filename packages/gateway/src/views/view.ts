import type { Result } from '@switchyard/wire';
import type { Exchange } from '../exchange.ts';
import type { LiveServer } from '../plan/live.ts';

/** A result on its way from a server to a caller. */
export interface Viewed {
  readonly exchange: Exchange;
  /** Whose result it is. */
  readonly server: LiveServer;
  readonly method: string;
}

/**
 * How a stage changes the results of a server before a caller sees them: takes out what the caller may not know of, holds
 * definitions against their pins. A view never adds what the server did not say. Views run on what the cache holds, so
 * that one fetch serves callers who see different things of it.
 */
export interface View {
  readonly name: string;
  /** Whether what it shows depends on the caller: what it may change is then shared with nobody. */
  readonly perCaller: boolean;
  /** Whether it may change results of that method; where no view does, they pass through unread. */
  concerns(method: string): boolean;
  /** Equal for two exchanges only where `apply` makes the same of the same result; results are cached by it. */
  key(exchange: Exchange): string;
  /** The result as the caller may see it; the given one is never changed in place. */
  apply(result: Result, viewed: Viewed): Result | Promise<Result>;
}

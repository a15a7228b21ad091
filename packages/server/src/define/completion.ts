import type { RequestContext } from '../context/request-context.ts';

/**
 * Suggests values for one argument, best first; at most 100 are sent.
 * `context` holds the arguments that were filled in already.
 */
export type Completer = (
  value: string,
  context: Readonly<Record<string, string>>,
  ctx: RequestContext,
) => Completion | Promise<Completion>;

/** Suggestions, with the number of all there are where it is known. */
export type Completion =
  | readonly string[]
  | { readonly values: readonly string[]; readonly total?: number; readonly hasMore?: boolean };

/** Completers by argument or variable name. */
export type Completers = Readonly<Record<string, Completer>>;

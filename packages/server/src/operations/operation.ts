import type { Rejection, Result } from '@switchyard/wire';
import type { Prepared } from '../snapshot/prepared.ts';
import type { Walk } from '../walk.ts';

/** What an operation comes to: a result to encode, ready-made bytes, or nothing where it answers by itself. */
export type Outcome = Result | Prepared | undefined;

/** What one method does. One object per method and server, shared by all requests. */
export interface Operation {
  readonly method: string;
  /** The extension that a request must declare to use the method. */
  readonly extension?: string;
  /** The field of `params` that `Mcp-Name` mirrors; the core's methods have theirs in the method table. */
  readonly nameParam?: string;
  /** Checks the parameters, finds what they name, and sees whether the caller may use it. */
  prepare(walk: Walk): Rejection | undefined;
  /** Does it. May throw a `ProtocolError`; whatever else it throws is hidden from the caller. */
  run(walk: Walk): Outcome | Promise<Outcome>;
}

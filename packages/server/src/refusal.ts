import type { Rejection } from '@switchyard/wire';

/** A rejection with the response headers that HTTP wants beside it. */
export interface Refusal extends Rejection {
  readonly headers?: Readonly<Record<string, string>>;
}

import { ERRORS } from '@switchyard/wire';
import { right, type Verdict, wrong } from './check.ts';
import { describe, errorOf, type Reply, resultOf } from './reply.ts';

/** What an answer must be. */
export interface Expected {
  /** @default any */
  readonly status?: number;
  /** One of these error codes. @default any error */
  readonly codes?: readonly number[];
}

/** Right where the answer is an error like this. */
export function refuses(reply: Reply, { status, codes }: Expected): Verdict {
  const error = errorOf(reply);
  const statusFits = status === undefined || reply.status === status;
  const codeFits = error !== undefined && (codes === undefined || codes.some((code) => code === error.code));
  if (statusFits && codeFits) return right();
  const wanted = [
    ...(status === undefined ? [] : [`HTTP ${status}`]),
    codes === undefined ? 'an error' : `error ${codes.join(' or ')}`,
  ];
  return wrong(`The answer is ${describe(reply)}, not ${wanted.join(' with ')}.`);
}

/** Right where the answer is refused in whatever way: an HTTP error, or a JSON-RPC error. */
export function rejects(reply: Reply): Verdict {
  if (reply.status >= 400 || errorOf(reply) !== undefined) return right();
  return wrong(`It is accepted: ${describe(reply)}.`);
}

/** Right where the answer is a result. */
export function accepts(reply: Reply): Verdict {
  if (resultOf(reply) !== undefined && reply.status === 200) return right();
  return wrong(`The answer is ${describe(reply)}.`);
}

/** Right where nothing is found wrong with the headers, whatever else may be. */
export function acceptsHeaders(reply: Reply): Verdict {
  const mismatch = errorOf(reply)?.code === ERRORS.HeaderMismatch.code;
  return mismatch ? wrong(`The answer is ${describe(reply)}.`) : right();
}

/** What a header that is missing or says something else must lead to. */
export const MISMATCH: Expected = { status: 400, codes: [ERRORS.HeaderMismatch.code] };

/** The code for parameters that do not fit. */
export const INVALID_PARAMS: number = ERRORS.InvalidParams.code;

import type { RequestId, Result } from '@switchyard/wire';

/**
 * A result made ready to be the end of a response: its JSON without `ttlMs`, of which each copy gets its own, without the
 * first brace, and with the brace that closes the response. So a response is two pieces, and the large one is written as
 * it is kept. Throws TypeError for a result that has nothing but `ttlMs`: none that may be kept is such.
 */
export function readyResult(result: Readonly<Record<string, unknown>>): Buffer {
  const { ttlMs: _, ...rest } = result;
  const json = JSON.stringify(rest);
  if (json === '{}') throw new TypeError('a result that is kept says at least whose it is');
  return Buffer.from(`${json.slice(1)}}`);
}

/** The result that was made ready, without its `ttlMs`. */
export function resultOf(ready: Buffer): Result {
  // Written by `readyResult`.
  return JSON.parse(`{${ready.toString('utf8', 0, ready.length - 1)}`) as Result;
}

/** The response to the request of that id with a result that was made ready, in pieces. */
export function readyResponse(id: RequestId, ready: Buffer, ttlMs: number): readonly [string, Buffer] {
  return [`{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":{"ttlMs":${ttlMs},`, ready];
}

/** Response headers of an event stream; the last one keeps reverse proxies from holding events back. */
export const STREAM_HEADERS: Readonly<Record<string, string>> = Object.freeze({
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
});

/** From this many unsent bytes on, a caller counts as not keeping up. */
export const MAX_UNSENT_BYTES: number = 1024 * 1024;

/** A keep-alive: a comment, which carries no event. */
export const KEEP_ALIVE = ':\n\n';

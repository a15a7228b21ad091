import { codeOf, whyUnreachable } from '../unreachable.ts';

/** No answer came, or none that could be read. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/** Says why no answer came. */
export function toNoAnswer(error: unknown, url: URL, timeoutMs: number): NoAnswer {
  if (error instanceof NoAnswer) return error;
  if (isTimeout(error))
    return new NoAnswer(`Nothing more came from ${url.host} within ${timeoutMs / 1000} s.`);
  const why =
    whyUnreachable(error, url) ??
    (error instanceof Error ? error.message : String(error)).trim().replaceAll(/\s+/g, ' ');
  return new NoAnswer(`${url.host} cannot be reached: ${why}.`, { cause: error });
}

// ---

function isTimeout(error: unknown): boolean {
  const code = codeOf(error);
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'UND_ERR_HEADERS_TIMEOUT') return true;
  return error instanceof Error && error.name === 'AbortError';
}

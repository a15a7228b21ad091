import { abortError } from '../errors.ts';

/**
 * What a promise comes to, or, as soon as the signal is aborted, a rejection with its error. What was begun goes on, for
 * others who wait for it.
 */
export function orAborted<T>(
  promise: Promise<T>,
  signal: AbortSignal | undefined,
  mayHaveRun: boolean,
): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const aborted = (): void => reject(abortError(signal, mayHaveRun));
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', aborted));
    if (signal.aborted) aborted();
    else signal.addEventListener('abort', aborted, { once: true });
  });
}

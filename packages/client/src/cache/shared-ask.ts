import type { Result } from '@switchyard/wire';
import type { LinkRequest } from '../link.ts';
import type { Flights } from './flights.ts';
import { flightKey } from './key.ts';

/** Sends a request, or waits with others for the answer to theirs. */
export interface SharedAsk {
  readonly flights: Flights<Result>;
  /** The same for all who may get the same answer. Only those of the same limits wait together. */
  readonly key: string;
  readonly ask: (signal: AbortSignal | undefined) => Promise<Result>;
}

/**
 * Asks once for what several want at the same time. Where the server wants input, only who has asked gets that; the others ask
 * for themselves, since each round and its state belong to one call. Spec: basic/patterns/mrtr.
 */
export async function askTogether(request: LinkRequest, { flights, key, ask }: SharedAsk): Promise<Result> {
  const { signal } = request;
  let hasAsked = false;
  const result = await flights.join(flightKey(key, request), signal, (shared) => {
    hasAsked = true;
    return ask(shared);
  });
  return hasAsked || result.resultType !== 'input_required' ? result : ask(signal);
}

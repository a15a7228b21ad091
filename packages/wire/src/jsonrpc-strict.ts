import { findAmbiguous } from './duplicates.ts';
import { reject } from './errors.ts';
import { checkParsed, DEFAULT_PARSE_LIMITS, type ParseLimits, type ParseOutcome, toText } from './jsonrpc.ts';

/**
 * As `parseMessage`, and also refuses (−32600) duplicate members at any level, and members of the message and of its
 * `params` that differ from a protocol member, or from each other, only in case. For whoever decides on a body and passes
 * it on as bytes: the next reader may take the first of two members, or ignore case, and would then see another message.
 */
export function parseMessageStrict(input: string | Uint8Array, limits?: Partial<ParseLimits>): ParseOutcome {
  const text = toText(input, limits?.maxBytes ?? DEFAULT_PARSE_LIMITS.maxBytes);
  if (typeof text !== 'string') return text;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: 'error', rejection: reject('ParseError', 'Parse error: the body is not valid JSON') };
  }
  const outcome = checkParsed(value, limits);
  if (outcome.kind === 'error') return outcome;
  const ambiguous = findAmbiguous(text);
  if (ambiguous === undefined) return outcome;
  // No id: which of several members named id is meant cannot be told.
  return { kind: 'error', rejection: reject('InvalidRequest', `Invalid request: ${ambiguous}`) };
}

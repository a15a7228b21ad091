import { type Rejection, reject } from '@switchyard/wire';
import type { Refusal } from './refusal.ts';

/**
 * The refusal for what is not there, or not for this caller, in the words of the server library: nobody can tell the one
 * from the other. `method` is the one that would use it.
 */
export function refuseUnknown(method: string, name: string | undefined): Refusal {
  return { reason: 'unknown-name', rejection: unknownName(method, name ?? ''), headers: [], echoId: true };
}

// ---

function unknownName(method: string, name: string): Rejection {
  if (method === 'resources/read' || method === 'subscriptions/listen')
    return reject('InvalidParams', 'Resource not found', { uri: name });
  return reject('InvalidParams', `${UNKNOWN[method] ?? 'Unknown name'}: ${shownName(name)}`);
}

const UNKNOWN: Readonly<Record<string, string>> = {
  'tools/call': 'Unknown tool',
  'prompts/get': 'Unknown prompt',
  'completion/complete': 'Unknown resource template',
};

const LONGEST_SHOWN = 128;

/** A name that came from a caller, as the server library shows it in its messages. */
function shownName(name: string): string {
  const short = name.length > LONGEST_SHOWN ? `${name.slice(0, LONGEST_SHOWN)}…` : name;
  return short.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/gu, '\ufffd');
}

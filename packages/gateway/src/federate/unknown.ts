import { reject } from '@switchyard/wire';
import { type Refusal, refuseMessage } from '../refusal.ts';
import { refuseUnknown } from '../unknown-name.ts';

/** The refusal for params that mean nothing here, in the words in which a server would say it. */
export function refuseParams(message: string, data?: unknown): Refusal {
  return refuseMessage(reject('InvalidParams', message, data));
}

/** The refusal for a cursor that was not given for this list to this caller, or too long ago. */
export function refuseCursor(): Refusal {
  return refuseParams('The cursor is not valid for this list. List again from the beginning.');
}

/** The refusal for a request state that was not given for this request to this caller, or too long ago. */
export function refuseState(): Refusal {
  return refuseParams(
    'The requestState is not valid for this request. Send the request again without it to start over.',
  );
}

/** The refusal for a name that no server of the federation has, as a single server gives it. */
export function refuseName(method: string, name: string): Refusal {
  return method.startsWith('tasks/') ? refuseParams('There is no such task.') : refuseUnknown(method, name);
}

/** The refusal for a method that the federation does not carry. */
export function refuseMethod(method: string): Refusal {
  return refuseMessage(reject('MethodNotFound', `Method not found: ${shown(method)}`));
}

// ---

const MAX_SHOWN = 128;

/** Control characters, line separators, and halves of characters. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/gu;

function shown(text: string): string {
  const short = text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
  return short.replaceAll(UNPRINTABLE, '\ufffd');
}

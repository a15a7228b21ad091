import { BoundedMap, type Sized } from '../bounded-map.ts';
import { isRefusal, type Refusal } from '../refusal.ts';
import type { Message } from './message.ts';
import { type Mould, withId } from './mould.ts';

/** How a body is read. */
export type Read = (bytes: Uint8Array) => Pick<Message, 'request'> | Refusal;

const MOST_BYTES = 1024 * 1024;
/** What a message takes beside its text, and what its text becomes: roughly. */
const OVERHEAD = 4;
const MEMBERS: ReadonlySet<string> = new Set(['jsonrpc', 'id', 'method', 'params']);

/**
 * Messages that come again and again with another id, as lists do. One that has come twice is remembered, and from then on a
 * body of the very same bytes but for its id need not be read. Bounded; what is given out is frozen, since it is given to many.
 */
export class KnownMessages {
  readonly #known = new BoundedMap<Known>(MOST_BYTES);
  /** Those that have come once. */
  readonly #once = new BoundedMap<Sized>(MOST_BYTES);

  /** What a body of that mould says, if that is known. */
  find({ before, id, after }: Mould): Message | undefined {
    const known = this.#known.get(after);
    if (known === undefined || known.before !== before) return undefined;
    const { request, envelope } = known.message;
    const { jsonrpc, method, params = {} } = request;
    return { request: { jsonrpc, id, method, params }, envelope };
  }

  /** A body of that mould has been read, to say that. */
  saw(mould: Mould, message: Message, read: Read): void {
    const { before, after } = mould;
    const key = before + after;
    const bytes = key.length;
    if (this.#once.get(key) === undefined) {
      this.#once.set({ key, bytes });
      return;
    }
    this.#once.delete(key);
    if (!isItsId(mould, message, read)) return;
    freeze(message.request.params);
    freeze(message.envelope);
    this.#known.set({ key: after, before, message, bytes: bytes * OVERHEAD });
  }
}

// ---

interface Known extends Sized {
  readonly before: string;
  readonly message: Message;
}

/** Whether it is the message's own id that the mould leaves out: only then does the message differ with it in that alone. */
function isItsId(mould: Mould, { request }: Message, read: Read): boolean {
  if (request.id !== mould.id || !Object.keys(request).every((name) => MEMBERS.has(name))) return false;
  const other = mould.id === 0 ? 1 : mould.id - 1;
  const said = read(Buffer.from(withId(mould, other), 'latin1'));
  return !isRefusal(said) && said.request.id === other;
}

/** Without recursion: a message may be nested deeply. */
function freeze(root: unknown): void {
  const open: unknown[] = [root];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value === 'object' && value !== null) open.push(...Object.values(Object.freeze(value)));
  }
}

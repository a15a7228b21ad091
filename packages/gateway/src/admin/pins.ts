import { approvePin, rejectPin } from '../integrity/decide.ts';
import { PinBook, type PinKey } from '../integrity/pins.ts';
import { openStore } from '../store/hold-store.ts';
import type { AdminReply, AdminRequest, AdminWorld } from './route.ts';

/** Lists pins. */
export function listPins({ query }: AdminRequest, world: AdminWorld): Promise<AdminReply> {
  return withPins(world, async (book) => ({ pins: await book.list(query.get('server') ?? undefined) }));
}

/** Decides on a definition. */
export async function decidePin(
  verb: 'approve' | 'reject',
  { body }: AdminRequest,
  world: AdminWorld,
): Promise<AdminReply> {
  const key = toPinKey(body);
  if (key === undefined) return { status: 400, json: { error: 'the body must have server, kind and name' } };
  const decide = verb === 'approve' ? approvePin : rejectPin;
  return withPins(world, async (book) => ({ pin: await decide(book, key) }));
}

// ---

async function withPins(
  { operated, context }: AdminWorld,
  work: (book: PinBook) => Promise<object>,
): Promise<AdminReply> {
  const { store } = operated.deployment().live.plan;
  if (store === undefined) return { status: 409, json: { error: 'this gateway has no store for pins' } };
  const opened = openStore(store, context);
  try {
    return { status: 200, json: await work(new PinBook(opened.values)) };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { status: 404, json: { error: error.message } };
  } finally {
    await opened.close();
  }
}

function toPinKey(body: unknown): PinKey | undefined {
  const { server, kind, name } = (body ?? {}) as Readonly<Record<string, unknown>>; // looked at one by one
  if (typeof server !== 'string' || typeof kind !== 'string' || typeof name !== 'string') return undefined;
  return { server, kind, name } as PinKey; // an unknown kind has no pins
}

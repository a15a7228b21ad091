import { PinAdmin } from '../integrity/admin.ts';
import type { PinKey } from '../integrity/pins.ts';
import type { AdminReply, AdminRequest, AdminWorld } from './route.ts';

/** Lists pins. */
export function listPins({ query }: AdminRequest, world: AdminWorld): Promise<AdminReply> {
  return withPins(world, async (admin) => ({ pins: await admin.list(query.get('server') ?? undefined) }));
}

/** Decides on a definition. */
export async function decidePin(
  verb: 'approve' | 'reject',
  { body }: AdminRequest,
  world: AdminWorld,
): Promise<AdminReply> {
  const key = toPinKey(body);
  if (key === undefined) return { status: 400, json: { error: 'the body must have server, kind and name' } };
  return withPins(world, async (admin) => ({ pin: await admin[verb](key) }));
}

// ---

async function withPins(
  { operated }: AdminWorld,
  work: (admin: PinAdmin) => Promise<object>,
): Promise<AdminReply> {
  const { plan } = operated.deployment().live;
  if (plan.store === undefined) return { status: 409, json: { error: 'this gateway has no store for pins' } };
  const admin = PinAdmin.open(plan);
  try {
    return { status: 200, json: await work(admin) };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { status: 404, json: { error: error.message } };
  } finally {
    await admin.close();
  }
}

function toPinKey(body: unknown): PinKey | undefined {
  const { server, kind, name } = (body ?? {}) as Readonly<Record<string, unknown>>; // looked at one by one
  if (typeof server !== 'string' || typeof kind !== 'string' || typeof name !== 'string') return undefined;
  return { server, kind, name } as PinKey; // an unknown kind has no pins
}

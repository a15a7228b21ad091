import { ConfigError } from '../config/problem.ts';
import { EXPOSITION_TYPE } from '../metrics/exposition.ts';
import { viewPlan } from './plan-view.ts';
import type { AdminReply, AdminWorld } from './route.ts';
import { viewServers } from './servers.ts';

/** Whether new requests are wanted. */
export async function readiness({ operated }: AdminWorld): Promise<AdminReply> {
  if (!operated.ready()) return { status: 503, json: { status: 'draining' } };
  const refused = await operated.deployment().state?.refused();
  if (refused === undefined) return { status: 200, json: { status: 'ready' } };
  return {
    status: 503,
    json: { status: 'state-refused', error: `the shared state cannot be used: ${refused}` },
  };
}

/** The figures of now. */
export async function figures(world: AdminWorld): Promise<AdminReply> {
  const { metrics, stats } = world.operated;
  const ready = (await readiness(world)).status === 200;
  return { status: 200, type: EXPOSITION_TYPE, text: metrics.text({ stats: stats(), ready }) };
}

/** What each server says that it is. */
export async function servers({ operated, context }: AdminWorld): Promise<AdminReply> {
  const { live } = operated.deployment();
  const stats = () => operated.stats().servers;
  return {
    status: 200,
    json: { servers: await viewServers({ live, stats, forwarding: context.forwarding }) },
  };
}

/** The plan in use. */
export function plan({ operated }: AdminWorld): AdminReply {
  const { live, stages } = operated.deployment();
  return { status: 200, json: viewPlan(live.plan, stages) };
}

/** Reads the configuration again. */
export async function reload({ operated }: AdminWorld): Promise<AdminReply> {
  const { reload: read, deployment } = operated;
  if (read === undefined) return { status: 409, json: { error: 'this gateway was not made from a file' } };
  try {
    await read();
    return { status: 200, json: { servers: deployment().live.servers.length } };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const why = 'the configuration cannot be used; the one before stays';
    return { status: 422, json: { error: why, problems: error.problems } };
  }
}

/** Wants no new requests from now on. */
export function drain({ operated }: AdminWorld): AdminReply {
  operated.leave();
  return { status: 200, json: { status: 'draining' } };
}

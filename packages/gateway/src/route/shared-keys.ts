import { createHash } from 'node:crypto';
import type { ReplicaPlan, ServerPlan } from '../plan/plan.ts';
import type { Materials } from './materials.ts';

/** Two plans share what is known of a server where it is judged by the same rules. */
export function guardKeyOf({ name, resilience }: ServerPlan): string {
  return JSON.stringify([name, resilience]);
}

/** Two plans share a replica where everything that shapes its connections and its health is the same. */
export function replicaKeyOf(server: ServerPlan, replica: ReplicaPlan, { tls, env }: Materials): string {
  const { name, timeouts, health, channel, stdio } = server;
  const secret = env && createHash('sha256').update(JSON.stringify(env)).digest('base64');
  return JSON.stringify([name, replica.url, timeouts.connectMs, health, channel, tls?.digest, stdio, secret]);
}

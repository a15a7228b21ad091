import type { Plan } from '../plan/plan.ts';
import type { Stage } from '../stage.ts';

/** What operators get to see of a plan: what is chosen here, member by member, and so no secret and no key in a URL. */
export function viewPlan(plan: Plan, stages: readonly Stage[]): object {
  const { listen, limits, drainMs, forwarded, servers, store, state, audit } = plan;
  return {
    listen: { host: listen.host, port: listen.port, tls: listen.tls !== undefined },
    stages: stages.map(({ name }) => name),
    store: store?.kind,
    state: state === undefined ? 'memory' : 'shared',
    ...(audit === undefined
      ? {}
      : { audit: { onLoss: audit.onLoss, contents: audit.contents, instance: audit.instance } }),
    limits,
    drainMs,
    forwarded,
    servers: servers.map(({ name, path, replicas, balance, retries, timeouts }) => ({
      ...{ name, path, balance, retries, timeouts },
      replicas: replicas.map(({ label }) => label),
    })),
  };
}

import type { ConfigProblem } from '../config/problem.ts';
import type { ListenPlan } from '../listen/config.ts';
import type { Plan } from './plan.ts';

/** What cannot change while the gateway listens. */
export function restartNeeded(before: Plan, after: Plan): readonly ConfigProblem[] {
  const fixed: readonly [string, string, unknown, unknown][] = [
    ['listen', 'host', before.listen.host, after.listen.host],
    ['listen', 'port', before.listen.port, after.listen.port],
    ['listen', 'tls', before.listen.tls !== undefined, after.listen.tls !== undefined],
    ['listen', 'tls', clientsAsked(before.listen), clientsAsked(after.listen)],
    ['admin', 'host', before.admin?.host, after.admin?.host],
    ['admin', 'port', before.admin?.port, after.admin?.port],
    ['admin', 'tls', before.admin?.tls !== undefined, after.admin?.tls !== undefined],
    ['admin', 'tls', clientsAsked(before.admin), clientsAsked(after.admin)],
    ['limits', 'headers', before.limits.headerBytes, after.limits.headerBytes],
  ];
  return fixed
    .filter(([, , was, is]) => was !== is)
    .map(([group, key]) => ({
      path: [group, key],
      message: `${group}.${key} cannot change without a restart`,
    }));
}

// ---

/** Node asks, or does not, for as long as it listens. */
function clientsAsked(listener: ListenPlan | undefined): string {
  return listener?.tls?.clientCertificates ?? 'none';
}

import { LOOPBACK_HOSTS } from '../plan/loopback.ts';
import type { Plan } from '../plan/plan.ts';

/**
 * Whether the `Host` of a request names this gateway. A plan's host without a port stands for every port. Stops DNS
 * rebinding, where a page of another site reaches the gateway under a name of its own.
 */
export function hostAllowed(plan: Plan, host: string | undefined): boolean {
  if (host === undefined || host === '') return false;
  if (plan.hosts === undefined || plan.hosts.has(host)) return true;
  const name = host.toLowerCase();
  return plan.hosts.has(name) || plan.hosts.has(withoutPort(name));
}

/**
 * Whether a browser page of that origin may call. A request without `Origin` does not come from a page.
 * Spec: basic/transports/streamable-http#security-endpoint.
 */
export function originAllowed(plan: Plan, origin: string | undefined): boolean {
  if (origin === undefined) return true;
  const name = origin.toLowerCase();
  if (plan.origins.has(name)) return true;
  return plan.loopbackOrigins && isLoopbackOrigin(name);
}

// ---

function withoutPort(host: string): string {
  const end = host.lastIndexOf(':');
  return end > host.lastIndexOf(']') ? host.slice(0, end) : host;
}

function isLoopbackOrigin(origin: string): boolean {
  const match = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/.exec(origin);
  return LOOPBACK_HOSTS.includes(match?.[1] ?? '');
}

import { type Refusal, refuse } from '../refusal.ts';
import type { QuotaPlan, QuotaScope } from './config.ts';
import type { Shortage } from './quota.ts';

/** The answer to a request for which there is no room: which limit, whose, and when to come back, for people and programs. */
export function refuseShort({ quota, kind, waitMs }: Shortage): Refusal {
  const seconds = Math.max(1, Math.ceil(waitMs / 1000));
  const again = kind === 'rate' ? `Try again in ${seconds} s` : 'Try again when one of them is done';
  return refuse('quota-exceeded', {
    message: `The quota "${quota.name}" is used up: ${amountOf(quota, kind)}${whose(quota.per)}. ${again}`,
    data: { limit: limitOf(quota, kind), scope: quota.per, retryAfterSeconds: seconds },
    retryAfter: seconds,
    headers: rateHeaders(quota, kind, seconds),
  });
}

// ---

function amountOf({ rate, concurrent }: QuotaPlan, kind: Shortage['kind']): string {
  if (kind === 'concurrent' || rate === undefined) return `${concurrent} requests at once`;
  return `${rate.limit} requests in ${rate.everyMs / 1000} s`;
}

function whose(per: readonly QuotaScope[]): string {
  return per.length === 0 ? ' for all callers together' : ` for each ${per.join(' and ')}`;
}

function limitOf({ name, rate, concurrent }: QuotaPlan, kind: Shortage['kind']): object {
  if (kind === 'concurrent' || rate === undefined) return { name, concurrent };
  return { name, requests: rate.limit, seconds: rate.everyMs / 1000, burst: rate.burst };
}

/** As draft-ietf-httpapi-ratelimit-headers has them. The names of quotas need no quoting. */
function rateHeaders({ name, rate }: QuotaPlan, kind: Shortage['kind'], seconds: number): readonly string[] {
  if (kind === 'concurrent' || rate === undefined) return [];
  const window = Math.max(1, Math.ceil(rate.everyMs / 1000));
  return [
    ...['ratelimit-policy', `"${name}";q=${rate.limit};w=${window}`],
    ...['ratelimit', `"${name}";r=0;t=${seconds}`],
  ];
}

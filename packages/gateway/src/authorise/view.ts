import type { Result } from '@switchyard/wire';
import type { Exchange } from '../exchange.ts';
import type { View, Viewed } from '../views/view.ts';
import type { Authority } from './authority.ts';
import { LISTINGS, type Listing, type Target } from './target.ts';

/** Takes out of lists what the caller may not use. A member that can be used with some arguments stays. */
export function authoriseView(authority: Authority): View {
  return {
    name: 'authorise',
    perCaller: true,
    concerns: (method) => LISTINGS.has(method),
    key: (exchange) => authority.key(exchange),
    apply(result, viewed) {
      const listing = LISTINGS.get(viewed.method);
      return listing === undefined ? result : prune(result, listing, { viewed, authority });
    },
  };
}

// ---

interface Pruning {
  readonly viewed: Viewed;
  readonly authority: Authority;
}

function prune(result: Result, listing: Listing, { viewed, authority }: Pruning): Result {
  const members = result[listing.member];
  if (!Array.isArray(members)) return result;
  const { exchange } = viewed;
  const kept = members.filter((member) => {
    const target = targetOf(member, listing, viewed);
    return target !== undefined && authority.decide(exchange, target).outcome !== 'denied';
  });
  if (kept.length === members.length) return result;
  noteHidden(exchange, { hidden: members.length - kept.length, listing, dryRun: authority.dryRun });
  return authority.dryRun ? result : { ...result, [listing.member]: kept };
}

/** The member as a target; `undefined` for one without a name, of which nothing can be said. */
function targetOf(member: unknown, listing: Listing, { server }: Viewed): Target | undefined {
  if (typeof member !== 'object' || member === null) return undefined;
  const { [listing.name]: name, annotations } = member as Record<string, unknown>; // an object
  if (typeof name !== 'string') return undefined;
  const { method } = listing;
  if (method !== 'tools/call') return { server, method, name };
  const isMapping = typeof annotations === 'object' && annotations !== null;
  return { server, method, name, tool: isMapping ? { annotations } : {} };
}

interface Hidden {
  readonly hidden: number;
  readonly listing: Listing;
  readonly dryRun: boolean;
}

function noteHidden(exchange: Exchange, { hidden, listing, dryRun }: Hidden): void {
  const detail = `${hidden} of ${listing.member} ${dryRun ? 'would be' : 'are'} left out`;
  exchange.note({ stage: 'authorise', decision: dryRun ? 'flagged' : 'denied', detail });
}

import type { Result } from '@switchyard/wire';
import type { Exchange } from '../exchange.ts';
import type { View, Viewed } from '../views/view.ts';
import type { Guard, Judged, Named } from './guard.ts';
import { PINNED_LISTS, type PinnedList } from './kinds.ts';

/** What the view needs. */
export interface IntegrityViewParts {
  readonly guard: Guard;
  /** Milliseconds, never running backwards. */
  readonly now: () => number;
}

/** Takes out of lists what is quarantined, and out of texts what people do not see. */
export function integrityView({ guard, now }: IntegrityViewParts): View {
  return {
    name: 'integrity',
    perCaller: false,
    concerns: (method) => PINNED_LISTS.has(method),
    // What is approved or rejected meanwhile shows no later than this.
    key: () => `integrity ${Math.floor(now() / SHOWN_MS)}`,
    async apply(result, viewed) {
      const list = PINNED_LISTS.get(viewed.method);
      return list === undefined ? result : look(result, list, { ...viewed, guard });
    },
  };
}

// ---

const SHOWN_MS = 5000;

async function look(
  result: Result,
  list: PinnedList,
  viewed: Viewed & { readonly guard: Guard },
): Promise<Result> {
  const members = result[list.member];
  if (!Array.isArray(members)) return result;
  const named = members.flatMap((member) => namedAs(member, list.name));
  const judged = await viewed.guard.judge(viewed.server.plan.name, list.kind, named);
  noteFindings(viewed.exchange, named, judged);
  const shown = judged.flatMap((one) => (one.shown === undefined ? [] : [one.shown]));
  const same = shown.length === members.length && shown.every((one, i) => one === members[i]);
  return same ? result : { ...result, [list.member]: shown };
}

/** A member that can be called by a name; whatever has none cannot be pinned and is not shown. */
function namedAs(member: unknown, field: string): readonly Named[] {
  if (typeof member !== 'object' || member === null) return [];
  const definition = member as Readonly<Record<string, unknown>>; // an object
  const name = definition[field];
  return typeof name === 'string' ? [{ name, definition }] : [];
}

const MOST_NOTES = 20;

function noteFindings(exchange: Exchange, named: readonly Named[], judged: readonly Judged[]): void {
  let notes = 0;
  for (const [i, { shown, findings }] of judged.entries()) {
    if (findings.length === 0) continue;
    notes += 1;
    if (notes > MOST_NOTES) break;
    const rule = findings.map(({ what }) => what).join(', ');
    const decision = shown === undefined ? 'denied' : 'flagged';
    exchange.note({ stage: 'integrity', decision, rule, detail: named[i]?.name ?? '' });
  }
}

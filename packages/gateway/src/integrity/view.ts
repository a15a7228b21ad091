import type { Result } from '@switchyard/wire';
import type { Exchange } from '../exchange.ts';
import type { View, Viewed } from '../views/view.ts';
import type { Guard, Judged, Named } from './guard.ts';
import { PINNED_LISTS, type PinnedList } from './kinds.ts';

/** What the view needs. */
export interface IntegrityViewParts {
  readonly guard: Guard;
  /** Whether pages of MCP Apps are looked at. */
  readonly pages: boolean;
  /** Milliseconds, never running backwards. */
  readonly now: () => number;
}

/** Takes out of lists what is quarantined, and out of texts what people do not see. */
export function integrityView({ guard, now, pages }: IntegrityViewParts): View {
  return {
    name: 'integrity',
    perCaller: false,
    concerns: (method) => PINNED_LISTS.has(method) || (pages && method === READ),
    // What is approved or rejected meanwhile shows no later than this.
    key: () => `integrity ${Math.floor(now() / SHOWN_MS)}`,
    async apply(result, viewed) {
      if (viewed.method === READ) return readPages(result, viewed, guard);
      const list = PINNED_LISTS.get(viewed.method);
      return list === undefined ? result : look(result, { list, viewed, guard });
    },
  };
}

// ---

const SHOWN_MS = 5000;
const READ = 'resources/read';
const PAGE_SCHEME = 'ui://';

/** A page that is quarantined has no contents. */
async function readPages(result: Result, viewed: Viewed, guard: Guard): Promise<Result> {
  const { contents } = result;
  if (!Array.isArray(contents)) return result;
  const { name: asked = '' } = viewed.exchange.request;
  const ofPage = isPage(asked);
  const pages = ofPage ? partsOf(asked, contents) : pagesAmong(contents);
  const judged = pages.length === 0 ? [] : await guard.judge(viewed.server.plan.name, 'page', pages);
  noteFindings(viewed.exchange, pages, judged);
  const shown = new Map<unknown, boolean>(
    pages.map(({ definition }, i) => [definition, judged[i]?.shown !== undefined]),
  );
  const kept = contents.filter((one) => shown.get(one) ?? !ofPage);
  return kept.length === contents.length ? result : { ...result, contents: kept };
}

/** All that comes for a page, by the URI that was asked for: what its own URI says is the server's word of this answer. */
function partsOf(asked: string, contents: readonly unknown[]): readonly Named[] {
  return contents.flatMap((one, i) =>
    isObject(one) ? [{ name: i === 0 ? asked : `${asked}#${i}`, definition: one }] : [],
  );
}

function pagesAmong(contents: readonly unknown[]): readonly Named[] {
  return contents.flatMap((one) => namedAs(one, 'uri')).filter(({ name }) => isPage(name));
}

/** Schemes are not told apart by case. */
function isPage(uri: string): boolean {
  return uri.slice(0, PAGE_SCHEME.length).toLowerCase() === PAGE_SCHEME;
}

interface Looking {
  readonly list: PinnedList;
  readonly viewed: Viewed;
  readonly guard: Guard;
}

async function look(result: Result, { list, viewed, guard }: Looking): Promise<Result> {
  const members = result[list.member];
  if (!Array.isArray(members)) return result;
  const named = members.flatMap((member) => namedAs(member, list.name));
  const judged = await guard.judge(viewed.server.plan.name, list.kind, named);
  noteFindings(viewed.exchange, named, judged);
  const shown = judged.flatMap((one) => (one.shown === undefined ? [] : [one.shown]));
  const same = shown.length === members.length && shown.every((one, i) => one === members[i]);
  return same ? result : { ...result, [list.member]: shown };
}

/** A member that can be called by a name; whatever has none cannot be pinned and is not shown. */
function namedAs(member: unknown, field: string): readonly Named[] {
  if (!isObject(member)) return [];
  const name = member[field];
  return typeof name === 'string' ? [{ name, definition: member }] : [];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
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

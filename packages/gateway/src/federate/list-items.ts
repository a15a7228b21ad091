import type { MemberPlan } from './config.ts';
import type { NameReport } from './name-reports.ts';
import type { NameFault, Qualifier } from './qualifier.ts';

/** The methods whose results are merged lists. */
export type ListMethod = 'tools/list' | 'prompts/list' | 'resources/list' | 'resources/templates/list';

/** Where a list has its entries, and what names one. */
export interface ItemRule {
  readonly items: string;
  readonly key: 'name' | 'uri' | 'uriTemplate';
}

/** The lists that are merged. */
export const ITEMS: Readonly<Record<ListMethod, ItemRule>> = Object.freeze({
  'tools/list': { items: 'tools', key: 'name' },
  'prompts/list': { items: 'prompts', key: 'name' },
  'resources/list': { items: 'resources', key: 'uri' },
  'resources/templates/list': { items: 'resourceTemplates', key: 'uriTemplate' },
});

/** An entry that a merged list cannot offer. */
export interface LeftOut {
  readonly server: string;
  readonly name: string;
  readonly why: NameFault;
}

/** The entries of one page under the names of the federation. */
export interface OfferedPage {
  readonly items: readonly unknown[];
  readonly leftOut: readonly LeftOut[];
  readonly reports: readonly Pick<NameReport, 'why' | 'names'>[];
}

/** What entries are renamed by. */
export interface OfferParts {
  readonly rule: ItemRule;
  readonly member: MemberPlan;
  readonly qualifier: Qualifier;
}

/** The entries of a page of a member, renamed. What cannot come back under its name is left out, and said to be. */
export function offered(page: unknown, parts: OfferParts): OfferedPage {
  const { rule, member, qualifier } = parts;
  const items: unknown[] = [];
  const leftOut: LeftOut[] = [];
  const unusual: string[] = [];
  for (const item of Array.isArray(page) ? page : []) {
    const own = isObject(item) ? item[rule.key] : undefined;
    // An entry without a name cannot be asked for.
    if (!isObject(item) || typeof own !== 'string') continue;
    const isName = rule.key === 'name';
    const why = isName ? qualifier.faultOf(member, own) : qualifier.uriFaultOf(member, own);
    if (why !== undefined) {
      leftOut.push({ server: member.server, name: own, why });
      continue;
    }
    const name = isName ? qualifier.qualify(member, own) : qualifier.qualifyUri(member, own);
    if (isName && !USUAL_NAME.test(name)) unusual.push(name);
    items.push(renamed(item, name, parts));
  }
  return { items, leftOut, reports: reportsOf(leftOut, unusual) };
}

// ---

/** What the APIs of models take as the name of a tool. */
const USUAL_NAME = /^[a-zA-Z0-9_-]{1,64}$/;

function reportsOf(leftOut: readonly LeftOut[], unusual: readonly string[]): OfferedPage['reports'] {
  const of = (fault: NameFault) => leftOut.filter(({ why }) => why === fault).map(({ name }) => name);
  const all = [
    { why: 'shadowed', names: of('shadowed') },
    { why: 'too-long', names: of('too-long') },
    { why: 'unusual', names: unusual },
  ] as const;
  return all.filter(({ names }) => names.length > 0);
}

function renamed(
  item: Record<string, unknown>,
  name: string,
  { rule, member, qualifier }: OfferParts,
): Record<string, unknown> {
  const meta = item['_meta'];
  const entry = { ...item, [rule.key]: name };
  if (!isObject(meta)) return entry;
  const uriOf = (value: unknown) => (typeof value === 'string' ? qualifier.qualifyUri(member, value) : value);
  const changed: Record<string, unknown> = { ...meta };
  if ('ui/resourceUri' in meta) changed['ui/resourceUri'] = uriOf(meta['ui/resourceUri']);
  const { ui } = meta;
  if (isObject(ui) && 'resourceUri' in ui) changed['ui'] = { ...ui, resourceUri: uriOf(ui['resourceUri']) };
  return { ...entry, _meta: changed };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

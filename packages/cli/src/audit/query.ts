import { type AuditRow, toLine } from '@switchyard/gateway/audit';
import type { Terminal } from '../terminal.ts';
import { type FilterSettings, toFilter, withTrail } from './trail.ts';

/** The options of `switchyard audit query`. */
export interface QuerySettings extends FilterSettings {
  readonly limit: number;
  readonly oldest?: true;
  readonly json?: true;
}

/** Shows the records that a filter finds. */
export async function runQuery(trail: string, settings: QuerySettings, terminal: Terminal): Promise<void> {
  const rows = await withTrail(trail, terminal, ({ audit }) =>
    audit.find({
      filter: toFilter(settings),
      order: settings.oldest ? 'oldest-first' : 'newest-first',
      limit: settings.limit,
    }),
  );
  for (const row of rows) terminal.print(settings.json ? toLine(row) : sentenceOf(row));
}

// ---

/** What a sentence about a record is made of. */
interface Shown {
  readonly at: number;
  readonly event: string;
  readonly who?: { readonly by: string; readonly subject?: string; readonly address?: string };
  readonly what?: { readonly method?: string; readonly name?: string; readonly path?: string };
  readonly server?: { readonly name: string };
  readonly decisions?: readonly {
    readonly decision: string;
    readonly stage: string;
    readonly rule?: string;
  }[];
  readonly outcome?: {
    readonly status?: number;
    readonly complete: boolean;
    readonly refusedFor?: string;
    readonly result?: string;
    readonly isError?: true;
  };
  readonly ms?: number;
}

function sentenceOf({ body }: AuditRow): string {
  const entry = JSON.parse(body) as Shown; // written by the gateway
  const { who, what, server, outcome, ms } = entry;
  const parts = [
    new Date(entry.at).toISOString(),
    entry.event,
    who && (who.subject ?? who.address ?? who.by),
    what && [what.method ?? what.path, what.name].filter((part) => part !== undefined).join(' '),
    server?.name,
    outcome && outcomeWords(outcome),
    ...(entry.decisions ?? [])
      .filter(({ decision }) => decision !== 'allowed')
      .map(({ decision, stage, rule }) => `${decision} by ${stage}${rule === undefined ? '' : ` (${rule})`}`),
    ms === undefined ? undefined : `${ms.toFixed(1)} ms`,
  ];
  // Names come from callers: nothing of them may act on the terminal.
  return parts
    .filter((part) => part !== undefined && part !== '')
    .join('  ')
    .replaceAll(/\p{C}/gu, '?');
}

function outcomeWords(outcome: NonNullable<Shown['outcome']>): string {
  const { status, complete, refusedFor, result, isError } = outcome;
  const said = isError === true ? 'tool error' : result;
  return [status ?? 'left', refusedFor ?? said, complete ? undefined : 'cut off']
    .filter((part) => part !== undefined)
    .join(' ');
}

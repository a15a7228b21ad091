import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { ConfigError, loadConfig } from '@switchyard/gateway';
import {
  type AuditFilter,
  type AuditRow,
  type AuditSource,
  fromLine,
  type OpenTrail,
  openTrail,
  StoreError,
  type StorePlan,
  sourceOf,
} from '@switchyard/gateway/audit';
import { Failure } from '../failure.ts';
import { fileFailure } from '../file-failure.ts';
import type { Terminal } from '../terminal.ts';

/** The filters of `switchyard audit query` and `export`, as the command line gives them. */
export interface FilterSettings extends Omit<AuditFilter, 'to'> {
  readonly until?: number;
}

/** The filter of the settings. */
export function toFilter(settings: FilterSettings): AuditFilter {
  const { from, until, event, subject, tenant, method, name, server, refusedFor, decision, chain } = settings;
  const filter = {
    from,
    to: until,
    event,
    subject,
    tenant,
    method,
    name,
    server,
    refusedFor,
    decision,
    chain,
  };
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
}

/** Works on the trail that an argument names. Throws `Failure` where there is none, or it cannot be read. */
export async function withTrail<T>(
  where: string,
  terminal: Terminal,
  work: (trail: OpenTrail) => Promise<T>,
): Promise<T> {
  const place = await placeOf(where);
  let trail: OpenTrail | undefined;
  try {
    trail = openTrail(place, { env: terminal.env });
    return await work(trail);
  } catch (error) {
    if (error instanceof StoreError || error instanceof ConfigError || error instanceof TypeError)
      throw new Failure(`${withoutPassword(where)}: ${error.message}.`);
    throw error;
  } finally {
    await trail?.close();
  }
}

/** Works on what an argument names, an export included, as it is to be verified. */
export async function withSource<T>(
  where: string,
  terminal: Terminal,
  work: (source: AuditSource) => Promise<T>,
): Promise<T> {
  if (!/\.(jsonl|ndjson)$/.test(where)) return withTrail(where, terminal, ({ audit }) => work(audit));
  return work(sourceOf(await readLines(where, fromLine)));
}

/** The values of a file with one a line. Throws `Failure` naming the line that is none. */
export async function readLines<T>(file: string, parse: (line: string) => T): Promise<readonly T[]> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw fileFailure(error, file, 'read');
  });
  return text.split('\n').flatMap((line, index) => {
    if (line === '') return [];
    try {
      return [parse(line)];
    } catch (error) {
      throw new Failure(`${file}:${index + 1}: ${error instanceof Error ? error.message : String(error)}.`);
    }
  });
}

/** The pages of what a filter finds, oldest first. */
export async function* pagesOf(
  { audit }: OpenTrail,
  filter: AuditFilter,
  after?: AuditRow,
): AsyncGenerator<readonly AuditRow[]> {
  for (let last = after; ; ) {
    const position = last && { at: atOf(last), chain: last.chain, seq: last.seq };
    const rows = await audit.find({
      ...{ filter, order: 'oldest-first', limit: PAGE },
      ...(position === undefined ? {} : { after: position }),
    });
    if (rows.length === 0) return;
    yield rows;
    last = rows.at(-1);
  }
}

// ---

const PAGE = 500;

/** The address of a store as it may be shown. */
function withoutPassword(where: string): string {
  return where.replace(/^(postgres(?:ql)?:\/\/[^/@:]*):[^/]*@/, '$1:…@');
}

function atOf({ body }: AuditRow): number {
  const { at }: { at?: unknown } = JSON.parse(body);
  return Number(at);
}

async function placeOf(where: string): Promise<string | StorePlan> {
  if (/^(sqlite:|postgres(ql)?:\/\/)/.test(where)) {
    if (where.startsWith('sqlite:') && !existsSync(where.slice('sqlite:'.length)))
      throw new Failure(`There is no file ${where.slice('sqlite:'.length)}.`);
    return where;
  }
  if (!existsSync(where)) throw new Failure(`There is no file ${where}.`);
  if (!/\.(ya?ml|json)$/.test(where)) return `sqlite:${where}`;
  const { plan } = await loadConfig(where).catch((error: unknown) => {
    throw error instanceof ConfigError ? new Failure(error.message) : error;
  });
  if (plan.store === undefined)
    throw new Failure(`${where} has no "store": its gateway keeps no trail. Add "store" and "audit".`);
  return plan.store;
}

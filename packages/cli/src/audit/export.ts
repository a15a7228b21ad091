import { readFile, rename, writeFile } from 'node:fs/promises';
import {
  type AuditFormat,
  type AuditRow,
  exportRows,
  fromLine,
  otlpRequest,
  toLine,
} from '@switchyard/gateway/audit';
import { Failure } from '../failure.ts';
import type { Terminal } from '../terminal.ts';
import { type FilterSettings, pagesOf, toFilter, withTrail } from './trail.ts';

/** The options of `switchyard audit export`. */
export interface ExportSettings extends FilterSettings {
  readonly format: AuditFormat;
  readonly to?: string;
  readonly cursor?: string;
}

/** Writes records to standard output, or posts them to a collector. Throws `Failure` where that does not take them. */
export async function runExport(trail: string, settings: ExportSettings, terminal: Terminal): Promise<void> {
  const { cursor, to, format } = settings;
  if (to !== undefined && format === 'cef')
    throw new Failure('--to posts OTLP: leave --format cef out, or redirect the output instead.');
  const after = cursor === undefined ? undefined : await readCursor(cursor);
  await withTrail(trail, terminal, async (open) => {
    for await (const rows of pagesOf(open, toFilter(settings), after)) {
      if (to !== undefined) await post(to, rows);
      else terminal.print(exportRows(rows, format).trimEnd());
      const last = rows.at(-1);
      if (cursor !== undefined && last !== undefined) await writeCursor(cursor, last);
    }
  });
}

// ---

async function post(url: string, rows: readonly AuditRow[]): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(otlpRequest(rows)),
  }).catch((error: unknown) => {
    throw new Failure(`${url} cannot be reached: ${error instanceof Error ? error.message : String(error)}.`);
  });
  await response.arrayBuffer();
  if (!response.ok) throw new Failure(`${url} answered ${response.status}.`);
}

/** The cursor is the last record exported, as a line. */
async function readCursor(file: string): Promise<AuditRow | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return fromLine(text.trim());
  } catch {
    throw new Failure(`${file} is not a cursor of this command.`);
  }
}

async function writeCursor(file: string, row: AuditRow): Promise<void> {
  await writeFile(`${file}.new`, `${toLine(row)}\n`);
  await rename(`${file}.new`, file);
}

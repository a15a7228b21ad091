import type { AuditRow } from '../store/store.ts';
import { toLine } from './lines.ts';

/** How records leave: one JSON object a line (which can be verified), ArcSight's Common Event Format, or OTLP logs in JSON. */
export type AuditFormat = 'jsonl' | 'cef' | 'otlp';

/** Writes a group of records in a format; what is given back ends with a newline. */
export function exportRows(rows: readonly AuditRow[], format: AuditFormat): string {
  if (format === 'otlp') return `${JSON.stringify(otlpRequest(rows))}\n`;
  return rows.map((row) => `${format === 'jsonl' ? toLine(row) : cefLine(row)}\n`).join('');
}

/** An `ExportLogsServiceRequest` of OTLP/JSON, as it is posted to `/v1/logs` of a collector. */
export function otlpRequest(rows: readonly AuditRow[]): object {
  return {
    resourceLogs: [
      {
        resource: { attributes: [attribute('service.name', 'switchyard-gateway')] },
        scopeLogs: [{ scope: { name: '@switchyard/gateway/audit' }, logRecords: rows.map(otlpRecord) }],
      },
    ],
  };
}

// ---

/** The parts of a record that exports look at. */
interface Shown {
  readonly at?: number;
  readonly event?: string;
  readonly who?: {
    readonly subject?: string;
    readonly tenant?: string;
    readonly client?: string;
    readonly address?: string;
  };
  readonly what?: {
    readonly method?: string;
    readonly name?: string;
    readonly door?: string;
    readonly path?: string;
  };
  readonly server?: { readonly name?: string; readonly replica?: string };
  readonly decisions?: readonly {
    readonly stage: string;
    readonly decision: string;
    readonly rule?: string;
  }[];
  readonly outcome?: {
    readonly status?: number;
    readonly complete?: boolean;
    readonly refusedFor?: string;
    readonly result?: string;
    readonly isError?: boolean;
  };
  readonly ms?: number;
}

function shown(row: AuditRow): Shown {
  return JSON.parse(row.body) as Shown; // written by this package
}

/** How bad it is, from 0 to 10 as CEF has it. */
function severity({ outcome, event }: Shown): number {
  if (event === 'lost') return 8;
  if (outcome?.refusedFor !== undefined) return 6;
  if (outcome?.result === 'error' || outcome?.isError === true || outcome?.complete === false) return 4;
  return 2;
}

const VERSION = '1';

function cefLine(row: AuditRow): string {
  const entry = shown(row);
  const { who, what, server, outcome, decisions } = entry;
  const denied = decisions?.find(({ decision }) => decision === 'denied');
  const fields: readonly (readonly [string, string | number | undefined])[] = [
    ['rt', entry.at],
    ['externalId', `${row.chain}/${row.seq}`],
    ['src', who?.address],
    ['suser', who?.subject],
    ['requestMethod', what?.method],
    ['request', what?.path],
    ['dhost', server?.replica],
    ['act', outcome?.refusedFor === undefined ? 'passed' : 'refused'],
    ['reason', outcome?.refusedFor],
    ['outcome', outcome?.status],
    ...labelled('cs1', 'name', what?.name),
    ...labelled('cs2', 'server', server?.name),
    ...labelled('cs3', 'rule', denied?.rule),
    ...labelled('cs4', 'tenant', who?.tenant),
    ...labelled('cs5', 'result', outcome?.isError === true ? 'tool-error' : outcome?.result),
    ...labelled('cs6', 'hash', row.hash),
    ...labelled('cfp1', 'milliseconds', entry.ms),
  ];
  const extension = fields.flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${inExtension(value)}`],
  );
  const head = ['Switchyard', 'Gateway', VERSION, entry.event ?? '', what?.method ?? entry.event ?? ''];
  return `CEF:0|${head.map(inHeader).join('|')}|${severity(entry)}|${extension.join(' ')}`;
}

function labelled(
  key: string,
  label: string,
  value: string | number | undefined,
): [string, string | number | undefined][] {
  return value === undefined
    ? []
    : [
        [`${key}Label`, label],
        [key, value],
      ];
}

function inHeader(text: string): string {
  return text
    .replaceAll('\\', '\\\\')
    .replaceAll('|', '\\|')
    .replaceAll(/[\r\n]/g, ' ');
}

function inExtension(value: string | number): string {
  return String(value)
    .replaceAll('\\', '\\\\')
    .replaceAll('=', '\\=')
    .replaceAll(/\r?\n|\r/g, '\\n');
}

const OTLP_SEVERITY = { info: 9, warn: 13 };

function otlpRecord(row: AuditRow): object {
  const entry = shown(row);
  const { who, what, server, outcome } = entry;
  const warned = severity(entry) > 4;
  return {
    timeUnixNano: `${entry.at ?? 0}000000`,
    severityNumber: warned ? OTLP_SEVERITY.warn : OTLP_SEVERITY.info,
    severityText: warned ? 'WARN' : 'INFO',
    eventName: `switchyard.audit.${entry.event ?? ''}`,
    body: { stringValue: row.body },
    attributes: [
      ['switchyard.audit.chain', row.chain],
      ['switchyard.audit.seq', row.seq],
      ['switchyard.audit.prev', row.prev],
      ['switchyard.audit.hash', row.hash],
      ['mcp.method.name', what?.method],
      ['gen_ai.tool.name', what?.method === 'tools/call' ? what.name : undefined],
      ['enduser.id', who?.subject],
      ['client.address', who?.address],
      ['switchyard.server', server?.name],
      ['switchyard.refused_for', outcome?.refusedFor],
      ['http.response.status_code', outcome?.status],
    ].flatMap(([key, value]) => (value === undefined ? [] : [attribute(String(key), value)])),
  };
}

function attribute(key: string, value: string | number): object {
  return { key, value: typeof value === 'number' ? { intValue: String(value) } : { stringValue: value } };
}

import { toLine } from '../record/lines.ts';
import { openStore } from '../store/hold-store.ts';
import type { AuditFilter } from '../store/store.ts';
import type { AdminParameter, AdminReply, AdminRequest, AdminWorld } from './route.ts';

/** The media type of records: a line of JSON each. */
export const LINES_TYPE = 'application/x-ndjson';

const MOST_RECORDS = 1000;
const TEXT = { type: 'string' };
const TIME = { type: 'string', examples: ['2026-11-26T08:00:00Z', '1795680000000'] };

/** What a record must have to be shown. */
const FILTERS = {
  event: { description: 'Of that kind.', schema: TEXT },
  subject: { description: 'Of that caller.', schema: TEXT },
  tenant: { description: 'Of callers of that tenant.', schema: TEXT },
  method: { description: 'Of that method.', schema: TEXT },
  name: { description: 'Of the tool, prompt or resource of that name.', schema: TEXT },
  server: { description: 'Of that server.', schema: TEXT },
  refusedFor: { description: 'Answered by the gateway itself, for that reason.', schema: TEXT },
  decision: {
    description: 'In which some stage decided so: `allowed`, `denied` or `flagged`.',
    schema: TEXT,
  },
  chain: { description: 'Of that chain: of one run of one instance.', schema: TEXT },
} as const satisfies Readonly<Record<string, AdminParameter>>;

const TIMES = {
  from: { description: 'Not before; ISO 8601, or milliseconds since the epoch.', schema: TIME },
  to: { description: 'Before; ISO 8601, or milliseconds since the epoch.', schema: TIME },
} as const satisfies Readonly<Record<string, AdminParameter>>;

/** The query of `/audit`. */
export const AUDIT_QUERY: Readonly<Record<string, AdminParameter>> = {
  ...TIMES,
  ...FILTERS,
  limit: {
    description: 'How many at most.',
    schema: { type: 'integer', minimum: 1, maximum: MOST_RECORDS, default: 100 },
  },
};

/** Looks records up, newest first. */
export async function audit({ query }: AdminRequest, { operated, context }: AdminWorld): Promise<AdminReply> {
  const { store } = operated.deployment().live.plan;
  if (store === undefined) return { status: 409, json: { error: 'this gateway keeps no record' } };
  const filter = filterOf(query);
  if (typeof filter === 'string') return { status: 400, json: { error: filter } };
  const limit = Number(query.get('limit') ?? '100');
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST_RECORDS)
    return { status: 400, json: { error: `limit must be from 1 to ${MOST_RECORDS}` } };
  const opened = openStore(store, context);
  try {
    const found = await opened.audit.find({ filter, order: 'newest-first', limit });
    return { status: 200, type: LINES_TYPE, text: found.map((row) => `${toLine(row)}\n`).join('') };
  } finally {
    await opened.close();
  }
}

// ---

/** What is looked for, or what is wrong with it. */
function filterOf(query: URLSearchParams): AuditFilter | string {
  const filter: Record<string, string | number> = {};
  for (const key of Object.keys(FILTERS)) {
    const value = query.get(key);
    if (value !== null) filter[key] = value;
  }
  for (const key of Object.keys(TIMES)) {
    const text = query.get(key);
    if (text === null) continue;
    const time = /^\d{1,15}$/.test(text) ? Number(text) : Date.parse(text);
    if (Number.isNaN(time)) return `${key} is not a time`;
    filter[key] = time;
  }
  return filter as AuditFilter; // its keys are those of FILTERS and TIMES
}

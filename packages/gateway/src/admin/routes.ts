import { ConfigError } from '../config/problem.ts';
import type { DeployContext } from '../deploy-context.ts';
import { PinAdmin } from '../integrity/admin.ts';
import type { PinKey } from '../integrity/pins.ts';
import { EXPOSITION_TYPE } from '../metrics/exposition.ts';
import { toLine } from '../record/lines.ts';
import { openStore } from '../store/hold-store.ts';
import type { AuditFilter } from '../store/store.ts';
import type { AdminPlan } from './config.ts';
import type { Operated } from './operated.ts';
import { viewPlan } from './plan-view.ts';
import type { AdminReply, AdminRequest, AdminRoute } from './route.ts';
import { viewServers } from './servers.ts';

/** Everything that can be asked of the admin port; `docs/reference/admin-api.md` describes it. */
export function adminRoutes(
  operated: Operated,
  context: DeployContext,
  plan: () => AdminPlan,
): readonly AdminRoute[] {
  const { ready, stats, metrics } = operated;
  const health: AdminReply = { status: 200, json: { status: 'ok' } };
  const readiness = (): AdminReply =>
    ready() ? { status: 200, json: { status: 'ready' } } : { status: 503, json: { status: 'draining' } };
  const figures = (): AdminReply => ({
    ...{ status: 200, type: EXPOSITION_TYPE },
    text: metrics.text({ stats: stats(), ready: ready() }),
  });
  return [
    { method: 'GET', path: '/healthz', access: 'anybody', handle: () => health },
    { method: 'GET', path: '/readyz', access: 'anybody', handle: readiness },
    {
      ...{ method: 'GET', path: '/metrics', handle: figures },
      get access() {
        return plan().metrics === 'open' ? 'anybody' : 'operator';
      },
    },
    { method: 'GET', path: '/servers', access: 'operator', handle: () => servers(operated, context) },
    { method: 'GET', path: '/plan', access: 'operator', handle: () => planView(operated) },
    { method: 'POST', path: '/reload', access: 'operator', recorded: true, handle: () => reload(operated) },
    { method: 'POST', path: '/drain', access: 'operator', recorded: true, handle: () => drain(operated) },
    {
      method: 'GET',
      path: '/audit',
      access: 'operator',
      recorded: true,
      handle: (req) => audit(req, operated, context),
    },
    { method: 'GET', path: '/pins', access: 'operator', handle: (req) => pins(req, operated) },
    ...decisions(operated),
  ];
}

// ---

async function servers({ deployment, stats }: Operated, { forwarding }: DeployContext): Promise<AdminReply> {
  const { live } = deployment();
  const views = await viewServers({ live, stats: () => stats().servers, forwarding });
  return { status: 200, json: { servers: views } };
}

function planView({ deployment }: Operated): AdminReply {
  const { live, stages } = deployment();
  return { status: 200, json: viewPlan(live.plan, stages) };
}

async function reload({ reload: read, deployment }: Operated): Promise<AdminReply> {
  if (read === undefined) return { status: 409, json: { error: 'this gateway was not made from a file' } };
  try {
    await read();
    return { status: 200, json: { servers: deployment().live.servers.length } };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return {
      status: 422,
      json: { error: 'the configuration cannot be used; the one before stays', problems: error.problems },
    };
  }
}

function drain({ leave }: Operated): AdminReply {
  leave();
  return { status: 200, json: { status: 'draining' } };
}

const FILTERS = [
  'chain',
  'event',
  'subject',
  'tenant',
  'method',
  'name',
  'server',
  'refusedFor',
  'decision',
] as const;
const MOST_RECORDS = 1000;

async function audit(
  { query }: AdminRequest,
  { deployment }: Operated,
  context: DeployContext,
): Promise<AdminReply> {
  const { store } = deployment().live.plan;
  if (store === undefined) return { status: 409, json: { error: 'this gateway keeps no record' } };
  const filter: Record<string, string | number> = {};
  for (const key of FILTERS) {
    const value = query.get(key);
    if (value !== null) filter[key] = value;
  }
  for (const key of ['from', 'to'] as const) {
    const text = query.get(key);
    if (text === null) continue;
    filter[key] = /^\d{1,15}$/.test(text) ? Number(text) : Date.parse(text);
    if (Number.isNaN(filter[key])) return { status: 400, json: { error: `${key} is not a time` } };
  }
  const limit = Number(query.get('limit') ?? '100');
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST_RECORDS)
    return { status: 400, json: { error: `limit must be from 1 to ${MOST_RECORDS}` } };
  const opened = openStore(store, context);
  try {
    const found = await opened.audit.find({ filter: filter as AuditFilter, order: 'newest-first', limit }); // the keys of FILTERS
    return {
      status: 200,
      type: 'application/x-ndjson',
      text: found.map((row) => `${toLine(row)}\n`).join(''),
    };
  } finally {
    await opened.close();
  }
}

async function pins({ query }: AdminRequest, operated: Operated): Promise<AdminReply> {
  return withPins(operated, async (admin) => ({ pins: await admin.list(query.get('server') ?? undefined) }));
}

function decisions(operated: Operated): readonly AdminRoute[] {
  return (['approve', 'reject'] as const).map((verb) => ({
    ...{ method: 'POST', path: `/pins/${verb}`, access: 'operator', recorded: true },
    handle({ body }) {
      const key = toPinKey(body);
      if (key === undefined)
        return { status: 400, json: { error: 'the body must have server, kind and name' } };
      return withPins(operated, async (admin) => ({ pin: await admin[verb](key) }));
    },
  }));
}

async function withPins(
  { deployment }: Operated,
  work: (admin: PinAdmin) => Promise<object>,
): Promise<AdminReply> {
  const { plan } = deployment().live;
  if (plan.store === undefined) return { status: 409, json: { error: 'this gateway has no store for pins' } };
  const admin = PinAdmin.open(plan);
  try {
    return { status: 200, json: await work(admin) };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { status: 404, json: { error: error.message } };
  } finally {
    await admin.close();
  }
}

function toPinKey(body: unknown): PinKey | undefined {
  const { server, kind, name } = (body ?? {}) as Readonly<Record<string, unknown>>; // looked at one by one
  if (typeof server !== 'string' || typeof kind !== 'string' || typeof name !== 'string') return undefined;
  return { server, kind, name } as PinKey; // an unknown kind has no pins
}

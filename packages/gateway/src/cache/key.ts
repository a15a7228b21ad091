import { hash } from 'node:crypto';
import { isTraceparent, META } from '@switchyard/wire';
import type { Exchange } from '../exchange.ts';
import { passedKey } from '../forward/upstream-request.ts';
import { type Caller, callerKey } from '../identify/caller.ts';
import type { LiveServer } from '../plan/live.ts';

/** Request headers that say how the message comes, not what is wanted; credentials are the business of the audience. */
const NEUTRAL: ReadonlySet<string> = new Set([
  'accept',
  'accept-encoding',
  'authorization',
  'baggage',
  'cache-control',
  'content-length',
  'content-type',
  'dnt',
  'if-modified-since',
  'if-none-match',
  'mcp-method',
  'mcp-name',
  'mcp-protocol-version',
  'pragma',
  'priority',
  'range',
  'referer',
  'traceparent',
  'tracestate',
  'user-agent',
  'via',
  'x-api-key',
  'x-correlation-id',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-request-id',
]);

/** Members of `_meta` by which no result may differ; they are not in the key, and not in the question. */
const NEUTRAL_META: ReadonlySet<string> = new Set([
  META.clientInfo,
  META.logLevel,
  META.progressToken,
  META.traceparent,
  META.tracestate,
  META.baggage,
]);

/** Whom an answer may be given to. */
export interface Audience {
  /** Whether what the server calls public may be given to everyone. */
  readonly shareable: boolean;
  /** The caller's own authorization context; `undefined` where it cannot be told from others'. */
  readonly own: string | undefined;
}

/** The headers of a request that answers may differ by, as a flat list. */
export function keyedHeaders(outbound: readonly string[], ignored: ReadonlySet<string>): readonly string[] {
  const keyed: string[] = [];
  for (let i = 0; i + 1 < outbound.length; i += 2) {
    const name = outbound[i] ?? '';
    // `sec-` is what browsers say of themselves.
    if (NEUTRAL.has(name) || ignored.has(name) || name.startsWith('sec-')) continue;
    keyed.push(name, outbound[i + 1] ?? '');
  }
  return keyed;
}

/** The members of `_meta` that answers may differ by. */
export function keyedMeta(params: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  // The envelope of the message has been read: `_meta` is an object.
  const meta = (params['_meta'] ?? {}) as Readonly<Record<string, unknown>>;
  const kept: Record<string, unknown> = {};
  for (const name in meta) if (!NEUTRAL_META.has(name)) kept[name] = meta[name];
  return kept;
}

/** The trace that a request belongs to, of a form that holds nothing else. */
export function traceOf(params: Readonly<Record<string, unknown>>): string | undefined {
  const meta = params['_meta'];
  const value: unknown =
    typeof meta === 'object' && meta !== null ? Reflect.get(meta, META.traceparent) : undefined;
  return typeof value === 'string' && isTraceparent(value) ? value : undefined;
}

/**
 * Whom an answer to an exchange may be given to. Where the server sees credentials it can tell callers apart, and what it
 * then calls public is believed only where the operator trusts it.
 */
export class Audiences {
  readonly #byCaller = new WeakMap<Caller, string>();

  of(exchange: Exchange, server: LiveServer): Audience {
    const { authorization } = exchange.request.head;
    const { credentials } = server.plan;
    const named = server.plan.authorization === 'pass' || credentials?.kind === 'token-exchange';
    const passed = shownOf(named ? authorization : undefined, passedKey(exchange));
    const sees = passed !== undefined || credentials !== undefined;
    return { shareable: server.plan.cache.trusted || !sees, own: this.#own(exchange.caller, passed) };
  }

  #own(caller: Caller, shown: string | undefined): string | undefined {
    if (caller.by === 'nobody') return shown === undefined ? undefined : digest(shown);
    let own = this.#byCaller.get(caller);
    if (own === undefined) {
      own = digest(JSON.stringify([callerKey(caller), [...caller.scopes].sort()]));
      this.#byCaller.set(caller, own);
    }
    return shown === undefined ? own : digest(`${own} ${shown}`);
  }
}

/** Texts that differ where settings of servers do by which their answers may differ. */
export class Fingerprints {
  readonly #known = new WeakMap<LiveServer, string>();

  of(server: LiveServer): string {
    let known = this.#known.get(server);
    if (known === undefined) {
      const { name, replicas, authorization, cache, credentials } = server.plan;
      const urls = replicas.map(({ url }) => url);
      known = digest(JSON.stringify([name, urls, authorization, cache.trusted, credentials]));
      this.#known.set(server, known);
    }
    return known;
  }
}

// ---

/** The caller's credentials that the server is shown. */
function shownOf(token: string | undefined, key: string | undefined): string | undefined {
  return key === undefined ? token : JSON.stringify([token ?? null, key]);
}

function digest(text: string): string {
  return hash('sha256', text, 'base64url');
}

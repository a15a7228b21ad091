import { decodeHeaderValue, plainInteger } from '@switchyard/wire';
import type { Accepted } from '../accept/accept.ts';
import type { Exchange } from '../exchange.ts';
import type { MemberPlan } from '../federate/config.ts';
import { type Caller, callerKey } from '../identify/caller.ts';
import type { QuotaPlan, QuotaScope } from './config.ts';

/** A quota and the key that a request is counted under: equal for two requests only where they are counted together. */
export interface Charge {
  readonly quota: Quota;
  readonly key: string;
}

/** What does not let a request in. */
export interface Shortage {
  readonly quota: QuotaPlan;
  readonly kind: 'rate' | 'concurrent';
  /** When it is worth another try, in milliseconds. */
  readonly waitMs: number;
}

/** A quota of a plan: which requests it concerns, and what it counts them under. */
export class Quota {
  readonly plan: QuotaPlan;
  readonly #parts: readonly Part[];
  readonly #needsTool: boolean;
  /** Whether it concerns what a federation asks of its members. */
  readonly #federated: boolean;

  constructor(plan: QuotaPlan, { callers, members }: QuotaParts) {
    const { per, tools, servers } = plan;
    this.plan = plan;
    this.#parts = per.map((scope) => partOf(scope, callers));
    this.#needsTool = tools !== undefined || per.includes('tool');
    this.#federated = members.some(({ server }) => servers?.has(server));
  }

  /** What a request is counted under; `undefined` where it is not concerned. */
  keyOf(exchange: Exchange): string | undefined {
    const { request } = exchange;
    const { methods, servers, tools } = this.plan;
    const tool = toolOf(request);
    if (this.#needsTool && tool === undefined) return undefined;
    if (tools !== undefined && !tools.has(tool ?? '')) return undefined;
    if (methods !== undefined && !methods.has(request.method)) return undefined;
    if (servers !== undefined && !this.#isFor(request, servers)) return undefined;
    let key = '';
    for (const part of this.#parts) {
      const text = part(exchange);
      // The length keeps two keys apart whatever stands in their parts.
      key += `${text.length}:${text}`;
    }
    return key;
  }

  /** On a federated path what names nothing (a list, discovery, a completion) may be for any member, or for all. */
  #isFor({ server, name }: Accepted, servers: ReadonlySet<string>): boolean {
    if (server !== undefined) return servers.has(server.plan.name);
    return name === undefined && this.#federated;
  }
}

/** What a quota is made of beside its plan. */
export interface QuotaParts {
  readonly callers: CallerKeys;
  /** Those of the plan's federation; none where it has none. */
  readonly members: readonly MemberPlan[];
}

/** The keys of callers, made once for each: a caller is the same object for as long as its token is known. */
export class CallerKeys {
  readonly #keys = new WeakMap<Caller, string>();

  of(caller: Caller): string {
    const known = this.#keys.get(caller);
    if (known !== undefined) return known;
    const key = callerKey(caller);
    this.#keys.set(caller, key);
    return key;
  }
}

// ---

type Part = (exchange: Exchange) => string;

function partOf(scope: QuotaScope, callers: CallerKeys): Part {
  switch (scope) {
    case 'caller':
      return ({ caller }) => callers.of(caller);
    case 'tenant':
      return ({ caller }) => caller.tenant ?? '';
    case 'server':
      return ({ request }) => request.server?.plan.name ?? '';
    case 'method':
      return ({ request }) => request.method;
    case 'tool':
      return ({ request }) => toolOf(request) ?? '';
    default:
      return paramPart(`mcp-param-${scope.slice('param:'.length).toLowerCase()}`);
  }
}

function toolOf({ method, name }: Accepted): string | undefined {
  return method === 'tools/call' ? name : undefined;
}

/** The mirrored parameter: one value is one key, however it is written. Spec: basic/transports/streamable-http#value-encoding. */
function paramPart(header: string): Part {
  return ({ request }) => {
    const { outbound } = request.head;
    for (let i = 0; i + 1 < outbound.length; i += 2)
      if (outbound[i] === header) return plainly(outbound[i + 1] ?? '');
    return '';
  };
}

function plainly(raw: string): string {
  const decoded = decodeHeaderValue(raw);
  if (!decoded.ok) return raw;
  return plainInteger(decoded.value) ?? decoded.value;
}

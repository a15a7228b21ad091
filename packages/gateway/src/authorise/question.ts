import { PROTOCOL_VERSION } from '@switchyard/wire';
import type { Caller, CallerProof } from '../identify/caller.ts';
import type { Plan } from '../plan/plan.ts';
import { Authority } from './authority.ts';
import type { RuleSays } from './policy.ts';
import type { Target } from './target.ts';

/** A request that nobody sends, to ask a policy about. */
export interface PolicyQuestion {
  /** @default a caller that has not been asked */
  readonly caller?: PolicyCaller;
  readonly request: PolicyRequest;
}

/** Who asks. What is left out is empty. */
export interface PolicyCaller {
  /** @default `token` where anything else is said of the caller, otherwise `nobody` */
  readonly by?: CallerProof;
  readonly issuer?: string;
  readonly subject?: string;
  readonly client?: string;
  readonly tenant?: string;
  readonly scopes?: readonly string[];
  readonly claims?: Readonly<Record<string, unknown>>;
}

/** What is asked for. */
export interface PolicyRequest {
  readonly method: string;
  /** The server's own name of a tool or prompt, or a URI. */
  readonly name?: string;
  /** @default the only server of the plan */
  readonly server?: string;
  /** The path that it comes by. @default that of the server */
  readonly door?: string;
  /** `Mcp-Param-*`, decoded, by the rest of the header's name. @default none */
  readonly params?: Readonly<Record<string, string>>;
  /** @default none */
  readonly args?: Readonly<Record<string, unknown>>;
  /** What the server says of the tool. @default nothing */
  readonly annotations?: Readonly<Record<string, boolean>>;
}

/** What a policy says to a question. */
export interface PolicyAnswer {
  readonly outcome: 'allowed' | 'denied';
  /**
   * What decided: a rule, the default, or, for what only shows what there is, that the caller may use something of the
   * server.
   */
  readonly because: 'rule' | 'default' | 'possible';
  /** The rule that decided. */
  readonly rule?: string;
  /** What each rule says by itself, in the order in which they are asked: `deny` before `allow`. */
  readonly rules: readonly RuleSays[];
}

/**
 * Asks the policy of a plan. Every fact is given, so that nothing is left open. Throws `TypeError` for a plan without a
 * policy, and for a question about a server that the plan does not have.
 */
export function askPolicy(plan: Plan, question: PolicyQuestion): PolicyAnswer {
  if (plan.policy === undefined) throw new TypeError('the configuration has no policy');
  const { request } = question;
  const server = plan.servers.find(({ name }) => name === request.server) ?? onlyServer(plan, request.server);
  const authority = new Authority(plan.policy);
  const door = { path: request.door ?? server.path };
  const asking = {
    caller: toCaller(question.caller),
    request: { door, head: { version: PROTOCOL_VERSION } },
  };
  const target = toTarget(request, { plan: server });
  const verdict = authority.decide(asking, target);
  const { rule } = verdict;
  const outcome = verdict.outcome === 'allowed' ? 'allowed' : 'denied';
  const rules = authority.explain(asking, target);
  if (rule !== undefined) return { outcome, because: 'rule', rule, rules };
  return { outcome, because: verdict === authority.policy.allowedAsPossible ? 'possible' : 'default', rules };
}

// ---

function onlyServer({ servers }: Plan, name: string | undefined): Plan['servers'][number] {
  const [first] = servers;
  const names = servers.map((server) => server.name).join(', ');
  if (name !== undefined) throw new TypeError(`there is no server "${name}"; there are ${names}`);
  if (first === undefined || servers.length > 1)
    throw new TypeError(`the question has to say which server it is about: ${names}`);
  return first;
}

function toCaller(given: PolicyCaller = {}): Caller {
  const { issuer = '', subject = '', scopes = [], client, tenant, claims } = given;
  const known = Object.keys(given).some((key) => key !== 'by');
  return {
    ...{ by: given.by ?? (known ? 'token' : 'nobody'), issuer, subject, scopes },
    ...(client === undefined ? {} : { client }),
    ...(tenant === undefined ? {} : { tenant }),
    ...(claims === undefined ? {} : { claims }),
  };
}

function toTarget(
  { method, name, params, args, annotations }: PolicyRequest,
  server: Target['server'],
): Target {
  const given = Object.entries(params ?? {}).map(([key, value]) => [key.toLowerCase(), value] as const);
  return {
    ...{ server, method, args: args ?? {}, params: new Map(given) },
    ...(name === undefined ? {} : { name }),
    ...(method === 'tools/call' ? { tool: annotations === undefined ? {} : { annotations } } : {}),
  };
}

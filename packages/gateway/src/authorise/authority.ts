import type { Caller } from '../identify/caller.ts';
import type { PolicyPlan } from './config.ts';
import { CallerFacts, type Facts, RequestFacts, ServerFacts, ToolFacts } from './facts.ts';
import { Policy, type RuleSays, type Verdict } from './policy.ts';
import { showsOnly, type Target, type TargetServer } from './target.ts';

/** What a policy has to know of an exchange. */
export interface Asking {
  readonly caller: Caller;
  readonly request: {
    readonly door: { readonly path: string };
    readonly head: { readonly version: string | undefined };
  };
}

/** Who may do what, for exchanges: the one place where a caller and a target meet the rules. */
export class Authority {
  readonly policy: Policy;
  /** Whether denials are only put on record. */
  readonly dryRun: boolean;
  readonly #callers = new WeakMap<Caller, CallerFacts>();
  readonly #servers = new WeakMap<TargetServer, ServerFacts>();
  readonly #keys = new WeakMap<Caller, string>();
  readonly #verdicts = new WeakMap<Caller, Map<string, Verdict>>();

  constructor(plan: PolicyPlan) {
    this.policy = new Policy(plan);
    this.dryRun = plan.dryRun;
  }

  /**
   * What the policy says of a target for the caller of the exchange. `open` where it depends on what the target does not
   * say: for a member of a list, that it can be used with some arguments. Never waits.
   */
  decide(asking: Asking, target: Target): Verdict {
    if (this.#saysMore(target)) return this.#judge(asking, target);
    const { caller, request } = asking;
    const key = `${target.server?.plan.name ?? ''} ${target.method} ${request.door.path} ${target.name ?? ''}`;
    const known = this.#verdicts.get(caller) ?? new Map<string, Verdict>();
    const remembered = known.get(key);
    if (remembered !== undefined) return remembered;
    const verdict = this.#judge(asking, target);
    if (known.size >= MOST_REMEMBERED) known.clear();
    known.set(key, verdict);
    this.#verdicts.set(caller, known);
    return verdict;
  }

  /** Whether the caller may be shown the target. In a dry run everything may be shown. */
  mayShow(asking: Asking, target: Target): boolean {
    return this.dryRun || this.decide(asking, target).outcome !== 'denied';
  }

  /** What each rule says of the target, for people who ask why. */
  explain(asking: Asking, target: Target): readonly RuleSays[] {
    return this.policy.explain(this.#factsOf(asking, target));
  }

  /** Equal for two exchanges only where lists are the same for both. */
  key(asking: Asking): string {
    const { caller, request } = asking;
    let key = this.#keys.get(caller);
    if (key === undefined) {
      key = this.policy.callerKey(caller);
      this.#keys.set(caller, key);
    }
    return `${request.door.path} ${key}`;
  }

  /** Whether the target says more that rules look at than who, where, method and name: what is judged on these is remembered. */
  #saysMore({ args, tool, params }: Target): boolean {
    const { uses } = this.policy;
    if (uses.args && args !== undefined) return true;
    return (uses.annotations && tool !== undefined) || (uses.requestDetails && params !== undefined);
  }

  #judge(asking: Asking, target: Target): Verdict {
    const facts = this.#factsOf(asking, target);
    const verdict = this.policy.judge(facts);
    if (verdict.outcome !== 'denied' || verdict.rule !== undefined || !showsOnly(target.method))
      return verdict;
    // Nothing speaks of the method itself: it is allowed where the caller may use anything of the server at all.
    const { caller, server } = facts;
    const possible = this.policy.judge(server === undefined ? { caller } : { caller, server });
    return possible.outcome === 'denied' ? verdict : this.policy.allowedAsPossible;
  }

  #factsOf({ caller, request }: Asking, target: Target): Facts {
    const { method, name, server, tool, args, params } = target;
    const ofTool = method === 'tools/call';
    const named = ofTool || method === 'prompts/get';
    const { path } = request.door;
    const version = request.head.version ?? '';
    return {
      caller: this.#callerFacts(caller),
      request: new RequestFacts({ method, name, door: path, version, params }),
      ...(server === undefined ? {} : { server: this.#serverFacts(server) }),
      ...(ofTool ? toolOf(name ?? '', tool) : { tool: null }),
      ...(args === undefined ? (named ? {} : { args: {} }) : { args }),
    };
  }

  #callerFacts(caller: Caller): CallerFacts {
    const known = this.#callers.get(caller);
    if (known !== undefined) return known;
    const facts = new CallerFacts(caller);
    this.#callers.set(caller, facts);
    return facts;
  }

  #serverFacts(server: TargetServer): ServerFacts {
    const known = this.#servers.get(server);
    if (known !== undefined) return known;
    const facts = new ServerFacts(server.plan);
    this.#servers.set(server, facts);
    return facts;
  }
}

// ---

/** Verdicts for each caller; names come from callers, so that their number has to end somewhere. */
const MOST_REMEMBERED = 1000;

function toolOf(name: string, tool: Target['tool']): Pick<Facts, 'tool' | 'toolName'> {
  return tool === undefined ? { toolName: name } : { tool: new ToolFacts(name, tool?.annotations) };
}

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
  /** By what rules can tell of callers, then by target. */
  readonly #verdicts = new Map<string, Map<string, Verdict>>();
  #remembered = 0;

  constructor(plan: PolicyPlan) {
    this.policy = new Policy(plan);
    this.dryRun = plan.dryRun;
  }

  /**
   * What the policy says of a target for the caller of the exchange. `open` where it depends on what the target does not
   * say: for a member of a list, that it can be used with some arguments. Never waits.
   */
  decide(asking: Asking, target: Target): Verdict {
    if (this.#saysMore(target) || (target.name?.length ?? 0) > LONGEST_REMEMBERED)
      return this.#judge(asking, target);
    const key = `${target.server?.plan.name ?? ''} ${target.method} ${asking.request.door.path} ${target.name ?? ''}`;
    const known = this.#rememberedFor(asking.caller);
    const remembered = known.get(key);
    if (remembered !== undefined) return remembered;
    const verdict = this.#judge(asking, target);
    this.#remembered += 1;
    known.set(key, verdict);
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
    return `${asking.request.door.path} ${this.#callerKey(asking.caller)}`;
  }

  #callerKey(caller: Caller): string {
    const known = this.#keys.get(caller);
    if (known !== undefined) return known;
    const key = this.policy.callerKey(caller);
    this.#keys.set(caller, key);
    return key;
  }

  /** Verdicts on targets for this caller and all whom no rule tells from it. */
  #rememberedFor(caller: Caller): Map<string, Verdict> {
    if (this.#remembered >= MOST_REMEMBERED) {
      this.#verdicts.clear();
      this.#remembered = 0;
    }
    const key = this.#callerKey(caller);
    const known = this.#verdicts.get(key);
    if (known !== undefined) return known;
    const fresh = new Map<string, Verdict>();
    this.#verdicts.set(key, fresh);
    this.#remembered += 1;
    return fresh;
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

/** Verdicts, and groups of callers; names come from callers, so that their number has to end somewhere. */
const MOST_REMEMBERED = 50_000;
const LONGEST_REMEMBERED = 512;

function toolOf(name: string, tool: Target['tool']): Pick<Facts, 'tool' | 'toolName'> {
  return tool === undefined ? { toolName: name } : { tool: new ToolFacts(name, tool?.annotations) };
}

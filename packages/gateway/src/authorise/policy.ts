import type { Caller } from '../identify/caller.ts';
import type { Note } from '../note.ts';
import { type ArgumentChecks, type Bounds, faultOfArguments, toWords } from './arguments.ts';
import type { PolicyPlan, PolicyRuleConfig } from './config.ts';
import {
  type Expression,
  ExpressionCompiler,
  isExpressionProblem,
  type Truth,
} from './expression/compile.ts';
import { type Facts, ToolFacts } from './facts.ts';

/**
 * What a policy says. `open`: it depends on what the facts do not tell, and nothing that they tell has decided.
 */
export interface Verdict {
  readonly outcome: 'allowed' | 'denied' | 'open';
  /** The rule that decided; `undefined` where the default did. */
  readonly rule: string | undefined;
  /** Rules that failed on these facts. */
  readonly faults: readonly string[];
  /** The verdict as a record has it. */
  readonly note: Note;
}

/** What rules look at, taken together: what need not be known for a decision is not found out. */
export interface PolicyUses {
  readonly args: boolean;
  readonly annotations: boolean;
  /** Whether they look at `request.params`. */
  readonly requestDetails: boolean;
  readonly callerFields: ReadonlySet<string>;
}

/** What a rule says of some facts: whether it holds, or that it failed. */
export interface RuleSays {
  readonly name: string;
  readonly effect: 'allow' | 'deny';
  readonly says: Truth;
}

/** The compiled rules of one policy. */
export class Policy {
  readonly uses: PolicyUses;
  readonly #default: 'allowed' | 'denied';
  readonly #denies: readonly Rule[];
  readonly #allows: readonly Rule[];
  readonly #compiler = new ExpressionCompiler();
  readonly #checks: ArgumentChecks;
  /** Of what only shows what there is: nothing speaks of it, but something may be used. */
  readonly allowedAsPossible: Verdict = verdict('allowed', undefined);
  readonly #byDefault: Readonly<Record<'allowed' | 'denied' | 'open', Verdict>>;

  constructor(plan: PolicyPlan) {
    const rules = plan.rules.map((rule) => toRule(rule, this.#compiler));
    this.#default = plan.default === 'allow' ? 'allowed' : 'denied';
    this.#denies = rules.filter(({ effect }) => effect === 'deny');
    this.#allows = rules.filter(({ effect }) => effect === 'allow');
    this.uses = {
      args: rules.some(({ expression }) => expression.uses.variables.has('args')),
      annotations: rules.some(({ expression }) => expression.uses.annotations),
      requestDetails: rules.some(({ expression }) => expression.uses.requestDetails),
      callerFields: new Set(rules.flatMap(({ expression }) => [...expression.uses.callerFields])),
    };
    this.#checks = {
      bounds: boundsOf(rules),
      words: toWords(rules.flatMap(({ expression }) => expression.uses.words)),
    };
    this.#byDefault = {
      allowed: verdict('allowed', undefined),
      denied: verdict('denied', undefined),
      open: verdict('open', undefined),
    };
  }

  /**
   * Judges. A deny rule that holds, or fails, denies; otherwise an allow rule that holds allows; otherwise the default
   * decides. Rules that mention `tool` say nothing of a request that concerns no tool.
   */
  judge(facts: Facts): Verdict {
    this.#compiler.patterns.refill();
    const fault =
      facts.args === undefined || !this.uses.args ? undefined : faultOfArguments(facts.args, this.#checks);
    if (fault !== undefined) return unjudged(fault);
    const faults: string[] = [];
    let undecided = false;
    for (const rule of this.#denies) {
      const truth = truthOf(rule, facts);
      if (truth === 'true') return rule.decides;
      if (truth === 'fault') return verdict('denied', rule.name, [rule.name]);
      if (truth === 'unknown') undecided = true;
    }
    let possible = false;
    for (const rule of this.#allows) {
      const truth = truthOf(rule, facts);
      if (truth === 'true') return undecided ? this.#byDefault.open : withFaults(rule.decides, faults);
      if (truth === 'unknown') possible = true;
      if (truth === 'fault') faults.push(rule.name);
    }
    if (this.#default === 'allowed') return this.#byDefault[undecided ? 'open' : 'allowed'];
    return withFaults(this.#byDefault[possible ? 'open' : 'denied'], faults);
  }

  /** What each rule says of the facts, for people who ask why. */
  explain(facts: Facts): readonly RuleSays[] {
    return [...this.#denies, ...this.#allows].map((rule) => {
      this.#compiler.patterns.refill();
      return { name: rule.name, effect: rule.effect, says: truthOf(rule, facts) };
    });
  }

  /** A text that is equal for two callers only where no rule can tell them apart. */
  callerKey(caller: Caller): string {
    const { callerFields } = this.uses;
    const claims = Object.entries(caller.claims ?? {}).map(
      ([name, value]) => [`claims.${name}`, value] as const,
    );
    const all = [...Object.entries(caller), ...claims];
    const seen = all.filter(
      ([field]) => callerFields.has(field) || (callerFields.has('*') && field in caller),
    );
    return JSON.stringify(seen.sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

// ---

interface Rule {
  readonly name: string;
  readonly effect: 'allow' | 'deny';
  readonly expression: Expression;
  readonly ofTools: boolean;
  /** The verdict where the rule holds. */
  readonly decides: Verdict;
}

const STAGE = 'authorise';

const NO_FAULTS: readonly string[] = Object.freeze([]);

function unjudged(detail: string): Verdict {
  const note = Object.freeze({ stage: STAGE, decision: 'denied' as const, detail });
  return { outcome: 'denied', rule: undefined, faults: NO_FAULTS, note };
}

function toRule({ name, effect, when }: PolicyRuleConfig, compiler: ExpressionCompiler): Rule {
  const expression = compiler.compile(when);
  if (isExpressionProblem(expression)) throw new TypeError(`rule "${name}" ${expression.why}`);
  const ofTools = expression.uses.variables.has('tool');
  return {
    name,
    effect,
    expression,
    ofTools,
    decides: verdict(effect === 'deny' ? 'denied' : 'allowed', name),
  };
}

function truthOf(rule: Rule, given: Facts): Truth {
  const { expression, ofTools } = rule;
  const facts = expression.uses.requestDetails ? withWholeRequest(given) : given;
  if (!ofTools) return expression.evaluate(facts);
  if (facts.tool === null) return 'false';
  if (facts.tool !== undefined || expression.uses.annotations || facts.toolName === undefined)
    return expression.evaluate(facts);
  // The annotations are not looked at, so any will do.
  return expression.evaluate({ ...facts, tool: new ToolFacts(facts.toolName, undefined) });
}

/** The facts without a request of which only method and name are known. */
function withWholeRequest(facts: Facts): Facts {
  if (facts.request === undefined || facts.request.whole) return facts;
  const { request: _, ...rest } = facts;
  return rest;
}

function verdict(outcome: Verdict['outcome'], rule: string | undefined, faults = NO_FAULTS): Verdict {
  const decision = outcome === 'open' ? 'flagged' : outcome;
  const named = rule === undefined ? {} : { rule };
  const failed = faults.length === 0 ? {} : { detail: `failed: ${faults.join(', ')}` };
  return { outcome, rule, faults, note: Object.freeze({ stage: STAGE, decision, ...named, ...failed }) };
}

function withFaults(plain: Verdict, faults: readonly string[]): Verdict {
  return faults.length === 0 ? plain : verdict(plain.outcome, plain.rule, faults);
}

/** How much of arguments may be looked at: the deeper loops nest, the less. */
function boundsOf(rules: readonly Rule[]): Bounds {
  const nesting = Math.max(0, ...rules.map(({ expression }) => expression.uses.nestedMacros));
  return BOUNDS[Math.min(nesting, BOUNDS.length - 1)] ?? { values: 0, characters: 0 };
}

const BOUNDS: readonly Bounds[] = [
  { values: 100_000, characters: 4 * 1024 * 1024 },
  { values: 1000, characters: 16 * 1024 },
  { values: 100, characters: 1024 },
];

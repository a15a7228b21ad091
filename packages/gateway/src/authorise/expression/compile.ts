import {
  TypeError as CelTypeError,
  type Environment,
  ParseError,
  type ParseResult,
} from '@marcbachmann/cel-js';
import type { Facts } from '../facts.ts';
import { EXPRESSION_LIMITS, LINEAR_MATCHES, ruleEnvironment } from './environment.ts';
import { inspect, type MatchesCall, type Uses } from './inspect.ts';
import { PatternBook } from './pattern.ts';

/** What an expression says of some facts. `unknown`: it depends on what the facts do not tell. `fault`: it failed. */
export type Truth = 'true' | 'false' | 'unknown' | 'fault';

/** An expression that can be asked. */
export interface Expression {
  readonly uses: Uses;
  evaluate(facts: Facts): Truth;
}

/** An expression that cannot be used: why, and from where to where in its text (0-based, in UTF-16 units). */
export interface ExpressionProblem {
  readonly why: string;
  readonly start: number;
  readonly end: number;
}

/** Compiles the expressions of one policy. */
export class ExpressionCompiler {
  readonly patterns: PatternBook = new PatternBook();
  readonly #environment: Environment = ruleEnvironment(this.patterns);

  /** The expression of a text, checked as far as it can be without running it. */
  compile(text: string): Expression | ExpressionProblem {
    if (text.length > EXPRESSION_LIMITS.length)
      return problem(`is longer than ${EXPRESSION_LIMITS.length} characters`, 0, text.length);
    const parsed = this.#parse(text);
    if ('why' in parsed) return parsed;
    const uses = inspect(parsed.ast);
    const type = parsed.check();
    if (!type.valid) return located(type.error, text);
    if (type.type !== 'bool') return problem(`is a ${type.type}; expected a bool`, 0, text.length);
    if (uses.nestedMacros > EXPRESSION_LIMITS.nestedMacros)
      return problem(
        `goes through lists within lists deeper than ${EXPRESSION_LIMITS.nestedMacros}`,
        0,
        text.length,
      );
    const fault = this.#patternFault(uses.matches);
    if (fault !== undefined) return fault;
    const run = this.#linear(text, parsed, uses.matches);
    return 'why' in run ? run : { uses, evaluate: (facts) => evaluate(run, { facts, uses }) };
  }

  #parse(text: string): ParseResult | ExpressionProblem {
    try {
      return this.#environment.parse(text);
    } catch (error) {
      return located(error, text);
    }
  }

  #patternFault(calls: readonly MatchesCall[]): ExpressionProblem | undefined {
    for (const { pattern, argumentStart } of calls) {
      if (pattern === undefined)
        return problem('has a pattern of matches() that is not a literal text', argumentStart, argumentStart);
      const why = this.patterns.add(pattern);
      if (why !== undefined)
        return problem(`has a pattern that cannot be used: ${why}`, argumentStart, argumentStart);
    }
    return undefined;
  }

  /** The engine's `matches` is JavaScript's, which can take exponential time: every call goes to ours instead. */
  #linear(text: string, parsed: ParseResult, calls: readonly MatchesCall[]): ParseResult | ExpressionProblem {
    if (calls.length === 0) return parsed;
    let rewritten = text;
    for (const { receiverEnd, argumentStart } of [...calls].sort((a, b) => b.receiverEnd - a.receiverEnd)) {
      const between = rewritten
        .slice(receiverEnd, argumentStart)
        .replace(/\bmatches\b(?=[\s(]*$)/, LINEAR_MATCHES);
      rewritten = rewritten.slice(0, receiverEnd) + between + rewritten.slice(argumentStart);
    }
    const linear = this.#environment.parse(rewritten);
    if (inspect(linear.ast).matches.length === 0 && linear.check().valid) return linear;
    return problem('has a call of matches() with a comment in it', 0, text.length);
  }
}

/** Tells a problem from an expression. */
export function isExpressionProblem(value: Expression | ExpressionProblem): value is ExpressionProblem {
  return 'why' in value;
}

// ---

interface Asked {
  readonly facts: Facts;
  readonly uses: Uses;
}

function evaluate(run: ParseResult, { facts, uses }: Asked): Truth {
  try {
    const outcome: unknown = run(facts);
    if (outcome === true) return 'true';
    return outcome === false ? 'false' : 'fault';
  } catch {
    return isMissing(facts, uses) ? 'unknown' : 'fault';
  }
}

/** Whether facts are missing. Of two parts of an expression that fail the engine tells one: the other may be decided yet. */
function isMissing(facts: Facts, { variables }: Uses): boolean {
  return FACTS.some((name) => variables.has(name) && !(name in facts));
}

const FACTS = ['caller', 'request', 'server', 'tool', 'args'] as const;

function located(error: unknown, text: string): ExpressionProblem {
  if (error instanceof ParseError || error instanceof CelTypeError) {
    const { range, summary } = error;
    return problem(`cannot be used: ${summary}`, range?.start ?? 0, range?.end ?? text.length);
  }
  throw error;
}

function problem(why: string, start: number, end: number): ExpressionProblem {
  return { why, start, end };
}

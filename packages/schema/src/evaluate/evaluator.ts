import type { SchemaGraph } from '../graph.ts';
import type { Issue, Validation } from '../issues.ts';
import { buildChecks } from './build.ts';
import type { Matcher } from './builder.ts';
import { nativeMatcher } from './matcher.ts';
import { OverBudget, Run } from './run.ts';

/** Validates without generated code. */
export interface Evaluator {
  /** Gives the verdict, and the issues where it is no. */
  validate(value: unknown): Validation;
  /** The same, looking for issues from the start: quicker for a value that is most likely wrong. */
  examine(value: unknown): Validation;
}

/** How to make an evaluator. */
export interface EvaluatorOptions {
  /** The most steps of one validation. @default no limit */
  readonly maxSteps?: number;
  /** How patterns are run. @default by the runtime's own engine */
  readonly matcher?: (pattern: string) => Matcher;
}

/** Makes an evaluator of a checked schema. */
export function createEvaluator(graph: SchemaGraph, options: EvaluatorOptions = {}): Evaluator {
  const { maxSteps = Number.POSITIVE_INFINITY, matcher = nativeMatcher } = options;
  const root = buildChecks(graph, matcher);
  const examine = (value: unknown): Validation => {
    const issues: Issue[] = [];
    const verdict = judge(() => new Run(Math.min(maxSteps, EXAMINE_STEPS), issues).apply(root, value));
    if (verdict === true) return { ok: true, value };
    if (verdict === undefined)
      issues.push({ path: '', message: 'validation was stopped: it takes too many steps' });
    return { ok: false, issues };
  };
  return {
    examine,
    validate(value) {
      return judge(() => new Run(maxSteps).apply(root, value)) === true
        ? { ok: true, value }
        : examine(value);
    },
  };
}

// ---------------------------------------------------------------------------------------------------------------------

const EXAMINE_STEPS = 200_000;

function judge(run: () => boolean): boolean | undefined {
  try {
    return run();
  } catch (error) {
    if (error instanceof OverBudget || error instanceof RangeError) return undefined;
    throw error;
  }
}

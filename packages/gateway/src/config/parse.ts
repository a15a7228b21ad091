import { compilePlan, compileSteps } from '../plan/compile.ts';
import type { Plan } from '../plan/plan.ts';
import type { GatewayConfig } from './config.ts';
import { documentSteps } from './document.ts';
import { ConfigError } from './problem.ts';
import { atOnce, inSlices, type SliceOptions, type Steps } from './steps.ts';
import { validateConfig } from './validate.ts';

/** Where a configuration text came from. */
export interface ParseConfigOptions {
  /** The name that error messages start with. */
  readonly file?: string;
}

/** A configuration that has passed every check, and the plan made of it. */
export interface ParsedConfig {
  readonly config: GatewayConfig;
  readonly plan: Plan;
  readonly text: string;
  readonly file?: string;
}

/**
 * Reads a YAML (or JSON) configuration. Throws `ConfigError` naming file, line, column and key of every problem:
 * syntax, unknown keys (with what was probably meant), wrong values, and settings that contradict each other.
 */
export function parseConfig(text: string, options: ParseConfigOptions = {}): ParsedConfig {
  return atOnce(parseSteps(text, options));
}

/**
 * The same for a process that has callers to serve meanwhile: a configuration of a thousand servers is read in pieces of a
 * few milliseconds. Rejects with what `parseConfig` throws.
 */
export function parseConfigInSlices(
  text: string,
  options: ParseConfigOptions = {},
  slices: SliceOptions = {},
): Promise<ParsedConfig> {
  return inSlices(parseSteps(text, options), slices);
}

/** The plan of a configuration given as data; throws `ConfigError` naming the key of every problem. */
export function planOf(config: GatewayConfig): Plan {
  const checked = validateConfig(config);
  if (!checked.ok) throw new ConfigError(checked.problems);
  const compiled = compilePlan(checked.config);
  if (!compiled.ok) throw new ConfigError(compiled.problems);
  return compiled.plan;
}

// ---

function* parseSteps(text: string, { file }: ParseConfigOptions): Steps<ParsedConfig> {
  const { value, located } = yield* documentSteps(text, file);
  const checked = validateConfig(value);
  if (!checked.ok) throw new ConfigError(checked.problems.map(located), file);
  yield;
  const compiled = yield* compileSteps(checked.config);
  if (!compiled.ok) throw new ConfigError(compiled.problems.map(located), file);
  return { config: checked.config, plan: compiled.plan, text, ...(file === undefined ? {} : { file }) };
}

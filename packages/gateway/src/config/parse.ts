import { isMap, isSeq, LineCounter, type Node, type ParsedNode, parseDocument, type YAMLError } from 'yaml';
import { compilePlan } from '../plan/compile.ts';
import type { Plan } from '../plan/plan.ts';
import type { GatewayConfig } from './config.ts';
import { ConfigError, type ConfigPath, type ConfigProblem } from './problem.ts';
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

const MAX_TEXT = 4 * 1024 * 1024;

/**
 * Reads a YAML (or JSON) configuration. Throws `ConfigError` naming file, line, column and key of every problem:
 * syntax, unknown keys (with what was probably meant), wrong values, and settings that contradict each other.
 */
export function parseConfig(text: string, options: ParseConfigOptions = {}): ParsedConfig {
  const { file } = options;
  const { value, located } = readDocument(text, file);
  const checked = validateConfig(value);
  if (!checked.ok) throw new ConfigError(checked.problems.map(located), file);
  const compiled = compilePlan(checked.config);
  if (!compiled.ok) throw new ConfigError(compiled.problems.map(located), file);
  return { config: checked.config, plan: compiled.plan, text, ...(file === undefined ? {} : { file }) };
}

/** A document as a value, and where in its text its parts stand. */
export interface LocatedDocument {
  readonly value: unknown;
  /** Adds line and column to a problem of the value. */
  located(problem: ConfigProblem): ConfigProblem;
}

/** Reads YAML (or JSON). Throws `ConfigError` for what is too large or not valid. */
export function readDocument(text: string, file: string | undefined): LocatedDocument {
  if (text.length > MAX_TEXT)
    throw new ConfigError([{ path: [], message: 'the file is larger than 4 MiB' }], file);
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    uniqueKeys: true,
    prettyErrors: false,
    version: '1.2',
  });
  if (document.errors.length > 0) {
    throw new ConfigError(
      document.errors.map((error) => syntaxProblem(error, lines)),
      file,
    );
  }
  return {
    value: toValue(document, file),
    located: (problem) => locate(problem, document.contents, lines),
  };
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

const MAX_ALIASES = 100;

function toValue(document: ReturnType<typeof parseDocument>, file: string | undefined): unknown {
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch {
    const message = `the file repeats too much through aliases (at most ${MAX_ALIASES} are expanded)`;
    throw new ConfigError([{ path: [], message }], file);
  }
}

function syntaxProblem(error: YAMLError, lines: LineCounter): ConfigProblem {
  const { line, col } = lines.linePos(error.pos[0]);
  return { path: [], message: `not valid YAML: ${error.message}`, line, column: col };
}

function locate(problem: ConfigProblem, root: ParsedNode | null, lines: LineCounter): ConfigProblem {
  const offset = offsetOf(root, problem.path);
  if (offset === undefined) return { ...problem, line: 1, column: 1 };
  const { line, col } = lines.linePos(offset);
  return { ...problem, line, column: col };
}

/** The offset of the deepest part of the path that stands in the text: the key of a mapping, the item of a list. */
function offsetOf(root: Node | null, path: ConfigPath): number | undefined {
  let node: unknown = root;
  let offset = root?.range?.[0];
  for (const part of path) {
    let next: unknown;
    if (isMap(node)) {
      const pair = node.items.find((item) => keyText(item.key) === String(part));
      if (pair === undefined) break;
      offset = startOf(pair.key) ?? offset;
      next = pair.value;
    } else if (isSeq(node) && typeof part === 'number') {
      next = node.items[part];
      offset = startOf(next) ?? offset;
    }
    if (next === undefined || next === null) break;
    node = next;
  }
  return offset;
}

function keyText(key: unknown): string | undefined {
  return typeof key === 'object' && key !== null && 'value' in key ? String(key.value) : undefined;
}

function startOf(node: unknown): number | undefined {
  if (typeof node !== 'object' || node === null || !('range' in node) || !Array.isArray(node.range))
    return undefined;
  const start: unknown = node.range[0];
  return typeof start === 'number' ? start : undefined;
}

/** One thing wrong with a configuration: which key, where it stands in the file, and what was expected. */
export interface ConfigProblem {
  /** Keys and indexes from the top of the document, e.g. `['servers', 'weather', 'replicas', 0]`. */
  readonly path: ConfigPath;
  /** What is wrong and what was expected, naming the key. */
  readonly message: string;
  /** 1-based; absent when the configuration did not come from text. */
  readonly line?: number;
  /** 1-based; absent when the configuration did not come from text. */
  readonly column?: number;
}

/** Keys and indexes from the top of the document. */
export type ConfigPath = readonly (string | number)[];

/**
 * Thrown for a configuration that cannot be used. The message has one line a problem, in the order of the file:
 * `gateway.yaml:7:5: …`. Nothing has been changed by the time it is thrown.
 */
export class ConfigError extends Error {
  readonly code = 'CONFIG_INVALID' as const;
  readonly file: string | undefined;
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[], file?: string) {
    const sorted = [...problems].sort(byPosition);
    super(sorted.map((problem) => formatProblem(problem, file)).join('\n'));
    this.name = 'ConfigError';
    this.file = file;
    this.problems = sorted;
  }
}

/** A path as it is written in messages: `servers.weather.replicas[0]`. */
export function formatPath(path: ConfigPath): string {
  let out = '';
  for (const part of path) {
    if (typeof part === 'number') out += `[${part}]`;
    else if (/^[A-Za-z_][\w-]*$/.test(part)) out += out === '' ? part : `.${part}`;
    else out += `[${JSON.stringify(part)}]`;
  }
  return out === '' ? 'the configuration' : out;
}

// ---

function formatProblem(problem: ConfigProblem, file: string | undefined): string {
  const position = problem.line === undefined ? '' : `:${problem.line}:${problem.column ?? 1}`;
  const place = file === undefined ? position.slice(1) : `${file}${position}`;
  return place === '' ? problem.message : `${place}: ${problem.message}`;
}

function byPosition(a: ConfigProblem, b: ConfigProblem): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}

import { fileURLToPath } from 'node:url';
import { Failure } from '../failure.ts';

/** A definition that cannot be loaded. The message names file, line and column where they are known. */
export class LoadFailure extends Failure {
  /** Files whose change may mend it. */
  readonly files: readonly string[];

  constructor(message: string, files: readonly string[]) {
    super(message);
    this.files = files;
  }
}

/** Turns what a definition threw into a failure that names the place in the definition's own files where it came from. */
export function toLoadFailure(error: unknown, file: string, files: readonly string[]): LoadFailure {
  if (error instanceof LoadFailure) return error;
  if (error instanceof Failure) return new LoadFailure(`${file}: ${error.message}`, files);
  if (!(error instanceof Error)) return new LoadFailure(`${file}: it threw ${String(error)}`, files);
  return new LoadFailure(`${placeOf(error, files) ?? file}: ${error.name}: ${error.message}`, files);
}

// ---

/** The innermost frame of the stack that lies in one of the files. */
function placeOf(error: Error, files: readonly string[]): string | undefined {
  for (const line of (error.stack ?? '').split('\n')) {
    const [, path, row, column] = /^\s+at (?:.* \(|async )?(.+?):(\d+):(\d+)\)?$/.exec(line) ?? [];
    if (path === undefined) continue;
    const file = path.startsWith('file:') ? fileURLToPath(path) : path;
    if (files.includes(file)) return `${file}:${row}:${column}`;
  }
  return undefined;
}

import { type ConfigPath, type ConfigProblem, formatPath } from '../config/problem.ts';
import { durationMs, sizeBytes } from '../config/units.ts';

const LONGEST_MS = 2 ** 31 - 1;

/** Milliseconds of a duration that may be `off` (0) but not nothing, and no longer than timers can wait. */
export function positive(text: string, at: ConfigPath, problems: ConfigProblem[]): number {
  const ms = durationMs(text);
  if (ms === 0 && text !== 'off')
    problems.push({ path: at, message: `${formatPath(at)} must be more than nothing` });
  if (ms > LONGEST_MS) problems.push({ path: at, message: `${formatPath(at)} is longer than 24 days` });
  return ms;
}

const SMALLEST_BYTES = 1024;
const LARGEST_BYTES = 1024 ** 3;

/** Bytes of a size from 1 KiB to 1 GiB. */
export function bounded(text: string, at: ConfigPath, problems: ConfigProblem[]): number {
  const bytes = sizeBytes(text);
  if (bytes >= SMALLEST_BYTES && bytes <= LARGEST_BYTES) return bytes;
  problems.push({ path: at, message: `${formatPath(at)} is ${text}; expected a size from 1KiB to 1GiB` });
  return bytes;
}

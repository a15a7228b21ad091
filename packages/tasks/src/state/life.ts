import type { TaskState } from './row.ts';

/** Whether its `ttlMs` is over. */
export function isOver({ createdAt, ttlMs }: Pick<TaskState, 'createdAt' | 'ttlMs'>, now: number): boolean {
  return ttlMs !== null && createdAt + ttlMs <= now;
}

/** What `ttlMs` becomes when a task ends: never less than what was promised, nor than the time that has passed. */
export function ttlAtEnd(
  { createdAt, ttlMs, retentionMs }: Pick<TaskState, 'createdAt' | 'ttlMs' | 'retentionMs'>,
  now: number,
): number | null {
  if (retentionMs === null) return ttlMs;
  return Math.max(ttlMs ?? 0, now - createdAt + retentionMs);
}

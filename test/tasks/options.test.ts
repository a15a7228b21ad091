import type { TasksOptions } from '@switchyard/tasks';
import { createTaskEngine, memoryTaskStore, runsAsTask, tasks } from '@switchyard/tasks';
import { describe, expect, it } from 'vitest';

const store = memoryTaskStore();

describe('options of tasks', () => {
  it.each<[string, Partial<TasksOptions>]>([
    ['concurrency', { concurrency: -1 }],
    ['perOwner', { perOwner: 0 }],
    ['leaseMs', { leaseMs: 9 }],
    ['pollMs', { pollMs: 0.5 }],
    ['sweepMs', { sweepMs: Number.NaN }],
    ['graceMs', { graceMs: 2 ** 31 }],
    ['limits.livePerOwner', { limits: { livePerOwner: Number.POSITIVE_INFINITY } }],
    ['limits.livePerOwner', { limits: { livePerOwner: 1.5 } }],
    ['limits.answersSize', { limits: { answersSize: -1 } }],
  ])('are refused at once, by name, where %s is not sound: %o', (name, options) => {
    const whole = new RegExp(`^${name} must be a whole number from \\d+ to 2147483647\\.$`);
    expect(() => createTaskEngine({ store, ...options })).toThrow(whole);
    expect(() => tasks({ store, ...options })).toThrow(TypeError);
  });

  it('of a stream are, too', () => {
    expect(() => tasks({ store, followed: -1 })).toThrow(/^followed must be a whole number/);
  });

  it.each([
    { attempts: 0 },
    { ttlMs: 0 },
    { retentionMs: -1 },
    { pollIntervalMs: 0 },
    { priority: 0.5 },
    { concurrency: 0 },
    { backoff: { jitter: 2 } },
    { backoff: { baseMs: 10, maxMs: 5 } },
  ])('of a tool are, too: %o', (policy) => {
    expect(() => runsAsTask(policy)).toThrow(TypeError);
  });

  it('may be at their bounds', () => {
    const limits = { livePerOwner: 2 ** 31 - 1, answersSize: 0 };
    expect(() => createTaskEngine({ store, concurrency: 0, perOwner: 1, leaseMs: 10, limits })).not.toThrow();
  });
});

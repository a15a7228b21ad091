import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NO_SEAT } from '../roster.ts';
import { WATCHDOG_TICK_MS, Watchdog } from './watchdog.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function setUp() {
  const start = Date.now();
  const watchdog = new Watchdog(() => Date.now() - start);
  const expired: string[] = [];
  const watch = (name: string, ms: number) => {
    const watched = { deadline: Number.POSITIVE_INFINITY, seat: NO_SEAT, expired: () => expired.push(name) };
    watchdog.watch(watched);
    watched.deadline = watchdog.after(ms);
    return watched;
  };
  return { watchdog, expired, watch };
}

describe('watchdog', () => {
  it('ends what is out of time, never early and at most two ticks late', () => {
    const { expired, watch } = setUp();
    vi.advanceTimersByTime(5040);
    watch('a', 1000);
    vi.advanceTimersByTime(999);
    expect(expired).toEqual([]);
    vi.advanceTimersByTime(1 + 2 * WATCHDOG_TICK_MS);
    expect(expired).toEqual(['a']);
  });

  it('lets go of what is done, moves what goes on, and knows "none"', () => {
    const { watchdog, expired, watch } = setUp();
    const done = watch('done', 100);
    const moved = watch('moved', 100);
    watch('never', 0);
    watchdog.release(done);
    vi.advanceTimersByTime(100);
    moved.deadline = watchdog.after(1000);
    vi.advanceTimersByTime(900);
    expect(expired).toEqual([]);
    vi.advanceTimersByTime(500);
    expect(expired).toEqual(['moved']);
  });

  it('runs only while there is something to watch', () => {
    const { watchdog, watch } = setUp();
    expect(vi.getTimerCount()).toBe(0);
    const one = watch('one', 1000);
    expect(vi.getTimerCount()).toBe(1);
    watchdog.release(one);
    vi.advanceTimersByTime(WATCHDOG_TICK_MS);
    expect(vi.getTimerCount()).toBe(0);
  });
});

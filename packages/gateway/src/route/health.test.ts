import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Health, type HealthChange } from './health.ts';

const PLAN = { failures: 3, ejectMs: 1000, maxEjectMs: 4000 };

function patient(plan = PLAN, random = () => 0) {
  const clock = { now: 0 };
  const changes: HealthChange[] = [];
  const health = new Health(plan, {
    now: () => clock.now,
    random,
    changed: (change) => changes.push(change),
  });
  const attempt = (verdict: 'good' | 'bad' | 'unknown') => health.settle(verdict, health.begin());
  return { clock, changes, health, attempt };
}

describe('health', () => {
  it('puts out after failures in a row, not before', () => {
    const { health, attempt, changes } = patient();
    for (const verdict of ['bad', 'bad', 'good', 'bad', 'unknown', 'bad'] as const) attempt(verdict);
    expect(health.state).toBe('in');
    attempt('bad');
    expect([health.state, changes]).toEqual(['out', [{ state: 'ejected', forMs: 1000 }]]);
  });

  it('tries one request at a time when the time is over, and takes back on success', () => {
    const { health, attempt, clock, changes } = patient();
    for (let i = 0; i < 3; i++) attempt('bad');
    clock.now = 999;
    expect([health.state, health.begin()]).toEqual(['out', false]);
    clock.now = 1000;
    expect(health.state).toBe('trial');
    expect(health.begin()).toBe(true);
    expect([health.state, health.begin()]).toEqual(['out', false]);
    health.settle('good', true);
    expect([health.state, health.failures, changes.at(-1)]).toEqual(['in', 0, { state: 'returned' }]);
  });

  it('stays out twice as long after each failed trial, up to the limit', () => {
    const { attempt, clock, changes } = patient();
    for (let i = 0; i < 3; i++) attempt('bad');
    for (let i = 0; i < 4; i++) {
      clock.now += 4000;
      attempt('bad');
    }
    expect(changes.map((change) => (change.state === 'ejected' ? change.forMs : 0))).toEqual([
      1000, 2000, 4000, 4000, 4000,
    ]);
  });

  it('offers the trial again when nothing was learnt from it', () => {
    const { health, attempt, clock } = patient();
    for (let i = 0; i < 3; i++) attempt('bad');
    clock.now = 1000;
    attempt('unknown');
    expect(health.state).toBe('trial');
  });

  it('is not put out longer by requests that began before', () => {
    const { health, attempt, clock, changes } = patient();
    for (let i = 0; i < 3; i++) attempt('bad');
    for (let i = 0; i < 50; i++) health.settle('bad', false);
    clock.now = 1000;
    expect([health.state, changes.length]).toEqual(['trial', 1]);
  });

  it('starts anew after a return', () => {
    const { attempt, clock, changes } = patient();
    for (let i = 0; i < 3; i++) attempt('bad');
    clock.now = 1000;
    attempt('bad');
    clock.now = 3000;
    attempt('good');
    for (let i = 0; i < 3; i++) attempt('bad');
    expect(changes.at(-1)).toEqual({ state: 'ejected', forMs: 1000 });
  });

  it('spreads ejections by up to a tenth', () => {
    const { attempt, changes } = patient({ ...PLAN, failures: 1 }, () => 0.999999);
    attempt('bad');
    expect(changes).toEqual([{ state: 'ejected', forMs: 1100 }]);
  });

  it('whatever happens: out ends, one trial at a time, changes alternate sensibly', () => {
    const step = fc.oneof(
      fc.constantFrom('good', 'bad', 'unknown').map((verdict) => ({ verdict })),
      fc.integer({ min: 0, max: 5000 }).map((wait) => ({ wait })),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { health, attempt, clock, changes } = patient();
        for (const one of steps) {
          if ('wait' in one) clock.now += one.wait;
          else attempt(one.verdict as 'good' | 'bad' | 'unknown');
        }
        const returns = changes.filter(({ state }) => state === 'returned').length;
        expect(returns).toBeLessThanOrEqual(changes.length - returns);
        clock.now += 5000;
        expect(health.state).not.toBe('out');
        attempt('good');
        expect(health.state).toBe('in');
      }),
    );
  });
});

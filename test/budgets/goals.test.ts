import { describe, expect, it } from 'vitest';
import type { Sample } from '../../bench/goals.mjs';
import { GOALS, ratio } from '../../bench/goals.mjs';

/** Samples of `tools/call`, one round for each pair of CPU times: ours and the floor's. */
const rounds = (...pairs: readonly (readonly [ours: number, floor: number])[]): Sample[] =>
  pairs.flatMap(([ours, floor], index) => [
    { round: index + 1, workload: 'call', target: 'switchyard-node', cpu: ours, peak: 100 },
    { round: index + 1, workload: 'call', target: 'floor-stringify', cpu: floor, peak: 80 },
  ]);

const OURS = ['call', 'switchyard-node'] as const;
const FLOOR = ['call', 'floor-stringify'] as const;

describe('a ratio of the benchmark', () => {
  it('is the median of the ratios within each round', () => {
    // The machine was twice as slow in the second round and busy with something else in the third.
    expect(ratio(rounds([30, 20], [60, 40], [90, 20]), OURS, FLOOR)).toBe(1.5);
  });

  it('is unknown where one side was not measured', () => {
    expect(ratio(rounds([30, 20]), OURS, ['call', 'tmcp'])).toBeUndefined();
    expect(ratio(undefined, OURS, FLOOR)).toBeUndefined();
  });
});

describe('the goals of the benchmark', () => {
  it('are unknown in a run that measured nothing', () => {
    expect(GOALS.map((goal) => goal.value({}))).toEqual(GOALS.map(() => undefined));
  });

  it('can be missed', () => {
    const throughput = rounds([40, 20]);
    const missed = GOALS.filter((goal) => (goal.value({ throughput }) ?? 0) > goal.limit);
    expect(missed.map(({ what }) => what)).toEqual([expect.stringMatching(/tools\/call.*parses/)]);
  });

  it('take the worst workload for peak memory', () => {
    const light = rounds([20, 20]);
    const heavy = light.map((sample) => ({
      ...sample,
      workload: 'read',
      peak: sample.target === 'switchyard-node' ? 120 : 80,
    }));
    const peak = GOALS.find(({ what }) => what.startsWith('peak memory'));
    expect(peak?.value({ throughput: light })).toBe(1.25);
    expect(peak?.value({ throughput: [...light, ...heavy] })).toBe(1.5);
  });
});

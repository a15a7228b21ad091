import { expect, it, onTestFinished, vi } from 'vitest';
import type { Script } from '../state/shared-state.ts';
import { Lease, Leases } from './leases.ts';
import { END } from './scripts.ts';

it('renews no lease that has ended while the others before it were renewed', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const told: { readonly script: Script; readonly ids: readonly (string | number)[] }[] = [];
  let meanwhile: (() => void) | undefined;
  const run = async (script: Script, _: readonly string[], ids: readonly (string | number)[]) => {
    told.push({ script, ids });
    const next = meanwhile;
    meanwhile = undefined;
    next?.();
  };
  const leases = new Leases({ run }, 30_000);
  onTestFinished(() => leases.close());
  const all = Array.from({ length: 1200 }, (_, i) => new Lease(`l${i}`, ['k']));
  for (const lease of all) leases.hold(lease);
  const ended = all.slice(1000);
  meanwhile = () => {
    for (const lease of ended) leases.end(lease);
  };
  await vi.advanceTimersByTimeAsync(10_000);
  const firstEnd = told.findIndex(({ script }) => script === END);
  const renewedLater = told.slice(firstEnd).filter(({ script }) => script !== END);
  const ids = new Set(renewedLater.flatMap(({ ids }) => ids));
  expect(ids.has('l900')).toBe(true);
  expect(ended.filter(({ id }) => ids.has(id))).toEqual([]);
});

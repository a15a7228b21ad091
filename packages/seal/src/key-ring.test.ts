import { describe, expect, it } from 'vitest';
import {
  createKeyRing,
  createSealer,
  type KeyRing,
  randomKey,
  type SealContext,
  type Sealer,
} from './index.ts';

const CONTEXT: SealContext = {
  purpose: 'request-state',
  principal: 'https://issuer.example|alice',
  binding: 'digest',
};
const START = 1_800_000_000_000;

describe('a rolling rotation', () => {
  it('is seamless when each step reaches every instance before the next', async () => {
    const [old, fresh] = [randomKey('old'), randomKey('new')];
    const steps = [[old], [old, fresh], [fresh, old], [fresh]].map((keys) => createKeyRing(keys));
    for (const [from, to] of [
      [0, 1],
      [1, 2],
      [2, 3],
    ] as const) {
      let rings: readonly (KeyRing | undefined)[] = [steps[from], steps[from]];
      const [first, second] = [0, 1].map((index) =>
        createSealer({ keys: () => ringOf(rings[index]), now: () => START }),
      );
      // Handles sealed two steps ago have expired by the time a key is taken out.
      const check = async () => {
        for (const [sealing, opening] of [
          [first, second],
          [second, first],
        ]) {
          const handle = (await sealing?.seal(1, { ...CONTEXT, ttlMs: 1_000 })) ?? '';
          expect(await opening?.open(handle, CONTEXT)).toBeDefined();
        }
      };
      await check();
      rings = [steps[to], steps[from]];
      await check();
      rings = [steps[to], steps[to]];
      await check();
    }
  });

  it('shuts out handles of a key that was taken out', async () => {
    const [old, fresh] = [randomKey('old'), randomKey('new')];
    let ring = createKeyRing([old]);
    const sealer = createSealer({ keys: () => ring, now: () => START });
    const handle = await sealer.seal(1, { ...CONTEXT, ttlMs: 1_000 });
    ring = createKeyRing([fresh, old]);
    expect(await sealer.open(handle, CONTEXT)).toBeDefined();
    ring = createKeyRing([fresh]);
    expect(await sealer.open(handle, CONTEXT)).toBeUndefined();
  });

  it('fails, when steps are skipped, by refusing and not by accepting', async () => {
    const ahead = sealerOf([randomKey('new'), randomKey('old')]);
    const behind = sealerOf([randomKey('old')]);
    expect(await behind.open(await ahead.seal(1, { ...CONTEXT, ttlMs: 1_000 }), CONTEXT)).toBeUndefined();
  });
});

// ---

function sealerOf(keys: Parameters<typeof createKeyRing>[0]): Sealer {
  return createSealer({ keys: createKeyRing(keys), now: () => START });
}

function ringOf(ring: KeyRing | undefined): KeyRing {
  if (ring === undefined) throw new Error('There is no such step');
  return ring;
}

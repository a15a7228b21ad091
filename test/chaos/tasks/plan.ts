/** What one task is to do, and how it has to end. */
export interface Plan {
  readonly n: number;
  readonly steps: number;
  /** Whether it asks a question after its first step. */
  readonly asks: boolean;
  /** How many of its runs throw before one does not. */
  readonly failures: number;
  readonly end: 'completed' | 'failed' | 'cancelled';
}

/** Numbers from 0 up to 1, always the same ones for a seed. */
export type Chance = () => number;

/** Mulberry32: small, and good enough for chance that has to be repeatable. */
export function chanceOf(seed: number): Chance {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A whole number of the range, both ends included. */
export function between(chance: Chance, least: number, most: number): number {
  return least + Math.floor(chance() * (most - least + 1));
}

/** So many tasks: most of them just work, some ask, fail now and then or for good, or wait to be cancelled. */
export function plansOf(count: number, chance: Chance): readonly Plan[] {
  return Array.from({ length: count }, (_, n) => {
    const kind = chance();
    return {
      n,
      steps: between(chance, 1, 5),
      asks: kind < 0.15,
      failures: kind > 0.85 ? between(chance, 1, 2) : 0,
      end: kind > 0.95 ? 'failed' : kind > 0.15 && kind < 0.25 ? 'cancelled' : 'completed',
    };
  });
}

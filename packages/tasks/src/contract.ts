import { CLAIM_CASES } from './contract/claim.ts';
import { CREATE_CASES } from './contract/create.ts';
import { END_CASES } from './contract/end.ts';
import { FENCE_CASES } from './contract/fence.ts';
import { INPUT_CASES } from './contract/input.ts';
import { LIMIT_CASES } from './contract/limits.ts';
import { RUN_CASES } from './contract/run.ts';
import type { Case } from './contract/support.ts';
import { ContractClock, ContractWorld } from './contract/support.ts';
import { UPKEEP_CASES } from './contract/upkeep.ts';
import type { TaskStore } from './store/store.ts';

/** One behaviour of a contract: `run` rejects with an Error when the store under test does not show it. */
export interface ContractCase {
  readonly name: string;
  readonly run: () => Promise<void>;
}

/**
 * Makes the store under test, with no tasks in it, on a clock that the contract moves: `now` gives milliseconds since 1970, and
 * the store uses it for everything where it otherwise uses a clock of its own. Where a store can be opened twice, give
 * two that share their tasks; the cases then use both. Each case closes what it was given.
 */
export type CreateTaskStore = (now: () => number) => StoreOrTwo | Promise<StoreOrTwo>;

type StoreOrTwo = TaskStore | readonly [TaskStore, TaskStore];

/**
 * The cases that every `TaskStore` must pass, for any test framework; each gets a store of its own:
 * `for (const { name, run } of taskStoreContract(create)) test(name, run)`.
 */
export function taskStoreContract(create: CreateTaskStore): readonly ContractCase[] {
  return CASES.map(([name, check]) => ({
    name,
    run: async () => {
      const clock = new ContractClock();
      const made = await create(() => clock.now);
      const [one, other] = 'claim' in made ? [made, made] : made;
      try {
        await check(new ContractWorld(one, other, clock));
      } finally {
        await one.close();
        if (other !== one) await other.close();
      }
    },
  }));
}

// ---------------------------------------------------------------------------------------------------------------------

const CASES: readonly Case[] = [
  ...CREATE_CASES,
  ...LIMIT_CASES,
  ...CLAIM_CASES,
  ...FENCE_CASES,
  ...RUN_CASES,
  ...INPUT_CASES,
  ...END_CASES,
  ...UPKEEP_CASES,
];

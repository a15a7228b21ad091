import type { DeployContext } from '../deploy-context.ts';
import type { StorePlan } from '../store/config.ts';
import { holdStore } from '../store/hold-store.ts';
import type { IntegrityPlan } from './config.ts';
import { Guard } from './guard.ts';
import { memoryValues, PinBook } from './pins.ts';

/** A guard and the pins that it goes by. */
export interface Custody {
  readonly guard: Guard;
  /** Whether pages of MCP Apps are looked at. */
  readonly pages: boolean;
  /** Lets go of the store. */
  readonly release: () => Promise<void>;
}

/** The guard of a plan; its pins are in the plan's store, or in memory until the gateway ends. */
export function takeCustody(
  plan: IntegrityPlan,
  store: StorePlan | undefined,
  context: DeployContext,
): Custody {
  const { resources, clock, now, log } = context;
  const pages = plan.pages !== 'allow';
  if (store === undefined) {
    const book = new PinBook(resources.hold(IN_MEMORY, () => memoryValues(clock)));
    return { pages, guard: new Guard({ plan, book, now, log }), release: () => resources.release(IN_MEMORY) };
  }
  const held = holdStore(store, context);
  const book = new PinBook(held.store.values);
  return { pages, guard: new Guard({ plan, book, now, log }), release: () => held.release() };
}

// ---

const IN_MEMORY = 'pins:memory';

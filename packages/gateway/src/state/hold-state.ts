import { createHash } from 'node:crypto';
import type { Secrets } from '../config/secret.ts';
import type { GatewayLogger } from '../events.ts';
import type { Resources } from '../resources.ts';
import type { StatePlan } from './config.ts';
import { memoryState } from './memory-state.ts';
import { redisState } from './redis-state.ts';
import type { SharedState } from './shared-state.ts';

/** What shared state needs from outside. */
export interface StateContext {
  readonly resources: Resources;
  readonly secrets: Secrets;
  /** Milliseconds, never running backwards. */
  readonly now: () => number;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly log: GatewayLogger;
}

/** Shared state in someone's hands. */
export interface HeldState {
  readonly state: SharedState;
  /** Lets go of it, once and for all. */
  release(): Promise<void>;
}

/**
 * The shared state of a plan, one object for all who use it, kept over reloads that do not change where it is.
 * Throws `ConfigError` where a secret that it needs cannot be read.
 */
export function holdState(plan: StatePlan | undefined, context: StateContext): HeldState {
  const { resources, clock, now, log, secrets } = context;
  if (plan === undefined) {
    const key = 'state:memory';
    return held(
      key,
      resources.hold(key, () => memoryState({ clock })),
      resources,
    );
  }
  const password = plan.password && secrets.read(plan.password, ['state', 'password']);
  const ca = plan.ca === undefined ? undefined : secrets.file(plan.ca, ['state', 'ca']);
  const own = plan.own && {
    cert: secrets.file(plan.own.certificate, ['state', 'certificate']),
    key: secrets.read(plan.own.key, ['state', 'key']),
  };
  const { url, prefix, timeoutMs } = plan;
  const secret = createHash('sha256')
    .update(JSON.stringify([password, ca, own]))
    .digest('base64');
  const key = `state:${JSON.stringify([url, prefix, timeoutMs, secret])}`;
  const make = () => redisState({ url, prefix, timeoutMs, password, ca, own, now, clock, log });
  return held(key, resources.hold(key, make), resources);
}

// ---

function held(key: string, state: SharedState, resources: Resources): HeldState {
  let released: Promise<void> | undefined;
  return {
    state,
    release() {
      released ??= resources.release(key);
      return released;
    },
  };
}

import { createHash } from 'node:crypto';
import type { Secrets } from '../config/secret.ts';
import type { Resources } from '../resources.ts';
import type { StorePlan } from './config.ts';
import { postgresStore } from './postgres-store.ts';
import { type StoreContext, sqliteStore } from './sqlite-store.ts';
import type { Store } from './store.ts';

/** What opening a store needs from outside. */
export interface OpenStoreContext extends StoreContext {
  readonly secrets: Secrets;
}

/** What holding a store needs from outside. */
export interface HoldStoreContext extends OpenStoreContext {
  readonly resources: Resources;
}

/** A store in someone's hands. */
export interface HeldStore {
  readonly store: Store;
  /** Equal for two plans only where the store is. */
  readonly key: string;
  /** Lets go of it; once for each `holdStore`, in the stage's `close`. */
  release(): Promise<void>;
}

/**
 * The store of a plan, one object for all who use it, kept over reloads that do not change where it is. It is opened with
 * its first use. Throws `ConfigError` where a secret that it needs cannot be read.
 */
export function holdStore(plan: StorePlan, context: HoldStoreContext): HeldStore {
  const { resources } = context;
  const { make, secret } = opener(plan, context);
  const key = `store:${JSON.stringify([plan, createHash('sha256').update(secret).digest('base64')])}`;
  return { store: resources.hold(key, make), key, release: () => resources.release(key) };
}

/** A store of one's own, to be closed by whoever asked for it. Throws as `holdStore` does. */
export function openStore(plan: StorePlan, context: OpenStoreContext): Store {
  return opener(plan, context).make();
}

// ---

function opener(plan: StorePlan, context: OpenStoreContext): { make: () => Store; secret: string } {
  const { clock, secrets } = context;
  if (plan.kind === 'sqlite') return { make: () => sqliteStore(plan.file, { clock }), secret: '' };
  const password = plan.password && secrets.read(plan.password, ['store', 'password']);
  const ca = plan.ca === undefined ? undefined : secrets.read({ file: plan.ca }, ['store', 'ca']);
  const { url, schema } = plan;
  return {
    make: () => postgresStore({ url, schema, password, ca, clock }),
    secret: JSON.stringify([password, ca]),
  };
}

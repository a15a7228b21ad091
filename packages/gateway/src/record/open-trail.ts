import { secretsFrom } from '../config/secret.ts';
import { compileStore, type StorePlan } from '../store/config.ts';
import { openStore } from '../store/hold-store.ts';
import type { AuditStore } from '../store/store.ts';

/** How a trail is opened. */
export interface OpenTrailOptions {
  /** Where secrets by `env` are looked up. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since the epoch. @default Date.now */
  readonly clock?: () => number;
}

/** An audit trail, to be read; and, by `pruneAudit`, to be shortened. */
export interface OpenTrail {
  readonly audit: AuditStore;
  close(): Promise<void>;
}

/**
 * Opens the audit trail in a store, given by its plan or by what stands under `store`. Throws `TypeError` for a text that
 * is neither a `sqlite:` nor a `postgres://` URL, and `ConfigError` where a secret cannot be read.
 */
export function openTrail(where: string | StorePlan, { env, clock = Date.now }: OpenTrailOptions): OpenTrail {
  const plan = typeof where === 'string' ? planOf(where) : where;
  const store = openStore(plan, { clock, secrets: secretsFrom({ env, log: () => {} }) });
  return { audit: store.audit, close: () => store.close() };
}

// ---

function planOf(url: string): StorePlan {
  if (!/^(sqlite:|postgres(ql)?:\/\/)\S+$/.test(url))
    throw new TypeError('it is neither a sqlite: nor a postgres:// URL');
  const problems: { readonly message: string; readonly path: readonly (string | number)[] }[] = [];
  const plan = compileStore(url, problems);
  if (plan === undefined || problems[0] !== undefined)
    throw new TypeError(problems[0]?.message ?? 'there is no store');
  return plan;
}

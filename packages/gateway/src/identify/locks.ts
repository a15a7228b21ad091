import { hash } from 'node:crypto';
import { createResourceVerifier, type ReplayStore, type ResourceVerifier } from '@switchyard/auth/resource';
import type { Door } from '../plan/live.ts';
import type { HeldChecks } from './issuers.ts';
import type { Lock } from './lock.ts';
import type { IdentifyPlan } from './plan.ts';
import { ScopeNeeds } from './scopes.ts';

/** What the locks of all doors have in common. */
export interface LocksContext {
  readonly plan: IdentifyPlan;
  /** `undefined` where no tokens are accepted. */
  readonly held: HeldChecks | undefined;
  /** Remembers the proofs that have been used. */
  readonly replay: ReplayStore;
  readonly clock: () => number;
}

/** The locks of a plan's doors, each made when it is first needed: a thousand servers cost nothing on a reload. */
export class Locks {
  readonly #context: LocksContext;
  readonly #locks = new Map<string, Lock>();

  constructor(context: LocksContext) {
    this.#context = { ...context, replay: shortIds(context.replay) };
  }

  of(door: Door): Lock {
    const known = this.#locks.get(door.path);
    if (known !== undefined) return known;
    const { plan } = this.#context;
    const name = door.server?.plan.name;
    const { anonymous } = plan;
    const open = typeof anonymous === 'boolean' ? anonymous : name !== undefined && anonymous.has(name);
    const lock: Lock = { verifier: this.#verifier(door), anonymous: open };
    this.#locks.set(door.path, lock);
    return lock;
  }

  #verifier(door: Door): ResourceVerifier | undefined {
    const { plan, held, replay, clock } = this.#context;
    if (held === undefined) return undefined;
    const server = door.server?.plan;
    const { always } = new ScopeNeeds([plan.scopes, server?.scopes ?? {}]);
    return createResourceVerifier({
      resource: server?.resource ?? `${plan.publicUrl}${door.path}`,
      issuers: held.issuers,
      checks: held.checks,
      name: door.label,
      impliedScopes: plan.impliedScopes,
      ...(always.length === 0 ? {} : { scopesSupported: always }),
      ...(plan.tenantClaim === undefined ? {} : { tenantClaim: plan.tenantClaim }),
      dpop: { required: plan.dpop.required, windowMs: plan.dpop.windowMs, replay },
      now: clock,
    });
  }
}

// ---

/** A client chooses the ids of its proofs, and how long they are. */
function shortIds(store: ReplayStore): ReplayStore {
  return {
    consume: (id, expiresAt) => store.consume(`proof:${hash('sha256', id, 'base64url')}`, expiresAt),
  };
}

import {
  createKeyRing,
  createSealer,
  type JSONValue,
  parseKeys,
  randomKey,
  type Sealer,
} from '@switchyard/seal';
import { ConfigError, formatPath } from '../config/problem.ts';
import type { Secrets } from '../config/secret.ts';
import type { GatewayLogger } from '../events.ts';
import { type Caller, callerKey } from '../identify/caller.ts';
import type { Resource, Resources } from '../resources.ts';
import type { FederationPlan, MemberPlan } from './config.ts';
import { TASK_SEPARATOR } from './qualifier.ts';

/** How far a composite list has been read: each server that has more, and its own cursor. */
export interface ListPlace {
  readonly at: readonly (readonly [server: string, cursor: string])[];
}

/** What a request state is sealed for. */
export interface StateUse {
  readonly caller: Caller;
  readonly server: string;
  readonly method: string;
  /** The server's own name of what is called. */
  readonly name: string;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** How long handles are accepted, in milliseconds. What they lead to may be gone before. */
export const HANDLE_TTL_MS: Readonly<Record<'cursor' | 'state' | 'task', number>> = Object.freeze({
  cursor: HOUR_MS,
  state: DAY_MS,
  // For how long a task is kept is its server's to say, and may change; an id ends no task before that.
  task: 3650 * DAY_MS,
});

const LARGEST_HANDLE_BYTES = 1024 * 1024;

/**
 * The handles that callers of a federation get in place of what its servers gave: cursors of merged lists, request states and
 * the ids of tasks. Each is sealed for its caller and for what it was made for; whatever else is offered opens nothing.
 */
export class Handles {
  readonly #sealer: Sealer;
  readonly #version: string;

  constructor(sealer: Sealer, version: string) {
    this.#sealer = sealer;
    this.#version = version;
  }

  sealCursor(place: ListPlace, method: string, caller: Caller): Promise<string> {
    const data = place.at.map((one) => [...one]);
    return this.#sealer.seal(data, { ...this.#cursor(method, caller), ttlMs: HANDLE_TTL_MS.cursor });
  }

  async openCursor(cursor: string, method: string, caller: Caller): Promise<ListPlace | undefined> {
    const opened = await this.#sealer.open(cursor, this.#cursor(method, caller));
    // Only `sealCursor` seals for this purpose.
    return opened && { at: opened.data as unknown as ListPlace['at'] };
  }

  sealState(state: string, use: StateUse): Promise<string> {
    return this.#sealer.seal(state, { ...stateContext(use), ttlMs: HANDLE_TTL_MS.state });
  }

  openState(handle: string, use: StateUse): Promise<string | undefined> {
    return this.#text(handle, stateContext(use));
  }

  /** The label says in the clear which server the task is of, for routing; the sealed part is bound to it. */
  async sealTask(id: string, member: MemberPlan, caller: Caller): Promise<string> {
    const sealed = await this.#sealer.seal(id, {
      ...taskContext(member, caller),
      ttlMs: HANDLE_TTL_MS.task,
    });
    return member.label + TASK_SEPARATOR + sealed;
  }

  openTask(id: string, member: MemberPlan, caller: Caller): Promise<string | undefined> {
    return this.#text(id.slice(member.label.length + TASK_SEPARATOR.length), taskContext(member, caller));
  }

  #cursor(method: string, caller: Caller) {
    const binding = JSON.stringify([method, this.#version]);
    return { purpose: 'gateway-cursor', principal: callerKey(caller), binding };
  }

  async #text(handle: string, context: SealedFor): Promise<string | undefined> {
    const opened = await this.#sealer.open(handle, context);
    return typeof opened?.data === 'string' ? opened.data : undefined;
  }
}

/** What making handles needs. */
export interface HandlesContext {
  readonly secrets: Secrets;
  readonly clock: () => number;
  readonly resources: Resources;
  readonly log: GatewayLogger;
}

/** The key under which the keys of this process are held. */
export const OWN_KEYS = 'federation:own-keys';

/** The handles of a federation. Throws `ConfigError` where its keys cannot be read. */
export function handlesOf(plan: FederationPlan, context: HandlesContext): Handles {
  const { secrets, clock: now } = context;
  const keys = plan.keys === undefined ? ownKeys(context) : configuredKeys(secrets, plan.keys);
  const sealer = createSealer({ keys, now, maxBytes: LARGEST_HANDLE_BYTES });
  return new Handles(sealer, plan.version);
}

// ---

interface SealedFor {
  readonly purpose: string;
  readonly principal: string;
  readonly binding: string;
}

function stateContext({ caller, server, method, name }: StateUse): SealedFor {
  const binding: JSONValue = JSON.stringify([server, method, name]);
  return { purpose: 'gateway-request-state', principal: callerKey(caller), binding };
}

function taskContext(member: MemberPlan, caller: Caller): SealedFor {
  return { purpose: 'gateway-task', principal: callerKey(caller), binding: member.server };
}

function configuredKeys(secrets: Secrets, keys: NonNullable<FederationPlan['keys']>) {
  const at = ['federation', 'keys'];
  const text = secrets.read(keys, at);
  try {
    return createKeyRing(parseKeys(text));
  } catch (error) {
    // Its messages name the entry at fault, never its secret.
    const why = error instanceof TypeError ? error.message : 'cannot be read';
    throw new ConfigError([{ path: at, message: `${formatPath(at)}: ${why}` }]);
  }
}

/** A reload keeps them, a restart does not. */
function ownKeys({ resources, log }: HandlesContext) {
  const held = resources.hold<OwnKeys>(OWN_KEYS, () => {
    log({ type: 'federation-keys-unshared' });
    return { ring: createKeyRing([randomKey()]), close: () => {} };
  });
  return held.ring;
}

interface OwnKeys extends Resource {
  readonly ring: ReturnType<typeof createKeyRing>;
}

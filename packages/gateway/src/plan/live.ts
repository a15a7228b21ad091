import { Qualifier } from '../federate/qualifier.ts';
import type { Credentials } from '../forward/credentials/credentials.ts';
import type { ServerGuard } from '../forward/resilience/guard.ts';
import { KnownMessages } from '../message/known-messages.ts';
import type { Fleet, Squad } from '../route/fleet.ts';
import { ReplicaSet } from '../route/replica-set.ts';
import type { Plan, ServerPlan, VariantPlan } from './plan.ts';

/** A server of a plan that is in use. */
export interface LiveServer {
  readonly plan: ServerPlan;
  readonly replicas: ReplicaSet;
  readonly guard: ServerGuard;
  /** What it is shown; `undefined` for nothing. */
  readonly credentials: Credentials | undefined;
  readonly timeouts: AttemptTimeouts;
  /** For `subscriptions/listen`, which may be silent for as long as nothing changes. */
  readonly streamTimeouts: AttemptTimeouts;
  /** Other versions of it. */
  readonly canary: LiveVariant | undefined;
  readonly shadow: LiveVariant | undefined;
}

/** Another version of a server that is in use. */
export interface LiveVariant {
  readonly server: LiveServer;
  readonly share: number;
  readonly tools: ReadonlySet<string> | undefined;
  readonly figures: VariantFigures;
  /** Copies on their way. */
  pending: number;
}

/** What has been seen of two versions of a server since their plan has been in use. */
export interface VariantFigures {
  readonly stable: CallFigures;
  readonly canary: CallFigures;
  readonly shadow: CopyFigures;
}

/** Calls, and those of them that ended with a server's failure. */
export interface CallFigures {
  calls: number;
  failed: number;
}

/** Copies that were compared, those of them that differed, and those that were not sent because too many were. */
export interface CopyFigures {
  compared: number;
  differed: number;
  dropped: number;
}

/** How long an exchange and its attempts may take, in milliseconds; 0 is no limit. */
export interface AttemptTimeouts {
  /** Until the response begins. */
  readonly headersMs: number;
  /** Between two parts of the response. */
  readonly idleMs: number;
  /** For a caller that has stopped reading. */
  readonly stallMs: number;
  /** For the whole exchange, all its attempts included. */
  readonly totalMs: number;
}

/** What a path of the gateway leads to. */
export interface Door {
  readonly path: string;
  /** Its name in logs and records. */
  readonly label: string;
  /** The one server behind it; `undefined` where there are several. */
  readonly server: LiveServer | undefined;
  /** Those several, and what names mean among them. */
  readonly federation?: LiveFederation;
}

/** Several servers behind one path. */
export interface LiveFederation {
  readonly qualifier: Qualifier;
  /** By their names in the configuration. */
  readonly servers: ReadonlyMap<string, LiveServer>;
}

/** What makes a plan live. */
export interface LiveContext {
  readonly fleet: Fleet;
  readonly random: () => number;
  /** Called once when the plan has been replaced; its requests go on. */
  readonly retired?: () => void;
  /** Called once when the plan has been replaced and its last request is done. */
  readonly gone?: () => void;
}

/**
 * A plan in use: its servers, its doors by path, and how many requests are on it. A request keeps the plan it started
 * with; a plan that has been replaced lets go of its replicas when its last request is done.
 */
export class LivePlan {
  readonly plan: Plan;
  readonly servers: readonly LiveServer[];
  readonly byPath: ReadonlyMap<string, Door>;
  /** What need not be read again. */
  readonly messages: KnownMessages = new KnownMessages();
  readonly #fleet: Fleet;
  readonly #squads: readonly Squad[];
  readonly #gone: (() => void) | undefined;
  readonly #whenRetired: (() => void) | undefined;
  #requests = 0;
  #retired = false;

  constructor(plan: Plan, context: LiveContext) {
    this.plan = plan;
    this.#fleet = context.fleet;
    this.#gone = context.gone;
    this.#whenRetired = context.retired;
    this.#squads = context.fleet.join(plan);
    this.servers = this.#squads.map((squad) => toLive(squad, context.random));
    this.byPath = doorsOf(plan, this.servers);
  }

  /** A request starts on this plan. */
  enter(): void {
    this.#requests += 1;
  }

  /** A request that started on this plan is done. */
  leave(): void {
    this.#requests -= 1;
    this.#letGo();
  }

  /** Another plan has taken over. */
  retire(): void {
    if (this.#retired) return;
    this.#retired = true;
    this.#whenRetired?.();
    this.#letGo();
  }

  #letGo(): void {
    if (!this.#retired || this.#requests > 0) return;
    void this.#fleet.leave(this.#squads);
    this.#gone?.();
  }
}

// ---

function doorsOf(plan: Plan, servers: readonly LiveServer[]): ReadonlyMap<string, Door> {
  const doors = new Map(servers.map((server) => [server.plan.path, toDoor(server)]));
  if (plan.federation === undefined) return doors;
  const { path } = plan.federation;
  const federation: LiveFederation = {
    qualifier: new Qualifier(plan.federation),
    servers: new Map(servers.map((server) => [server.plan.name, server])),
  };
  return doors.set(path, { path, label: 'federation', server: undefined, federation });
}

function toDoor(server: LiveServer): Door {
  return { path: server.plan.path, label: server.plan.name, server };
}

function toLive(squad: Squad, random: () => number): LiveServer {
  const { plan, replicas, guard, credentials, canary, shadow } = squad;
  const { headersMs, idleMs, totalMs } = plan.timeouts;
  // Many gateways that start together should not all begin with the first replica.
  const start = Math.floor(random() * replicas.length);
  return {
    plan,
    replicas: new ReplicaSet(replicas, plan.balance, start),
    guard,
    credentials,
    timeouts: { headersMs, idleMs, stallMs: idleMs, totalMs },
    streamTimeouts: { headersMs: 0, idleMs: 0, stallMs: idleMs, totalMs: 0 },
    canary: canary && plan.canary && toVariant(plan.canary, canary, random),
    shadow: shadow && plan.shadow && toVariant(plan.shadow, shadow, random),
  };
}

function toVariant({ share, tools }: VariantPlan, squad: Squad, random: () => number): LiveVariant {
  const calls = (): CallFigures => ({ calls: 0, failed: 0 });
  const figures = { stable: calls(), canary: calls(), shadow: { compared: 0, differed: 0, dropped: 0 } };
  return { server: toLive(squad, random), share, tools, figures, pending: 0 };
}

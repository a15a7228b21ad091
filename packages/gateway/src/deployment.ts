import { admitStage } from './admit/admit.ts';
import { authoriseStage } from './authorise/authorise.ts';
import { Authority } from './authorise/authority.ts';
import { authoriseView } from './authorise/view.ts';
import { KeptAnswers } from './cache/kept-answers.ts';
import { type OpenCache, openCache } from './cache/open.ts';
import { Definitions } from './definitions/definitions.ts';
import type { DeployContext } from './deploy-context.ts';
import type { GatewayLogger } from './events.ts';
import type { FederationRuntime } from './federate/runtime.ts';
import { federateStage, runtimeOf } from './federate/stage.ts';
import { SharedListens } from './feeds/shared-listens.ts';
import { identifyStage } from './identify/identify.ts';
import { lateScopesStage } from './identify/late-scopes.ts';
import { type Custody, takeCustody } from './integrity/custody.ts';
import { integrityStage } from './integrity/integrity.ts';
import { integrityView } from './integrity/view.ts';
import { metricsStage } from './metrics/stage.ts';
import { type LiveContext, LivePlan } from './plan/live.ts';
import type { Plan } from './plan/plan.ts';
import { intentStage } from './record/intent.ts';
import { recordStage } from './record/record.ts';
import { routeStage } from './route/route.ts';
import { shadowStage } from './route/variants/shadow.ts';
import type { Stage } from './stage.ts';
import { type HeldState, holdState } from './state/hold-state.ts';
import type { SharedState } from './state/shared-state.ts';
import type { EarlyAnswers } from './surface/serve.ts';
import { type ResultSource, serverSource } from './surface/source.ts';
import { Surface } from './surface/surface.ts';
import { tracingStage } from './tracing/stage.ts';
import type { View } from './views/view.ts';

/** A plan in use and what was compiled from it; replaced whole by a reload. */
export interface Deployment {
  readonly live: LivePlan;
  /** In the order of the pipeline between `accept` and the answer. */
  readonly stages: readonly Stage[];
  /** The servers as callers may see them. */
  readonly surface: Surface;
  /** Who may do what; `undefined` where everybody may do everything. */
  readonly authority: Authority | undefined;
  /** `undefined` where the plan has no federation. */
  readonly federation: FederationRuntime | undefined;
  /** Who listens at the paths of single servers. */
  readonly shared: SharedListens;
  /** What servers have said before; `undefined` where nothing is kept. */
  readonly kept: OpenCache | undefined;
  /** Who answers out of that. */
  readonly early: EarlyAnswers | undefined;
  /** What instances share; `undefined` where they share nothing. */
  readonly state: SharedState | undefined;
}

/** What the stages of one deployment share. */
interface StageContext extends DeployContext {
  readonly definitions: Definitions;
  readonly authority: Authority | undefined;
  readonly custody: Custody | undefined;
}

/** Makes a stage of a plan; `undefined` where the plan does not ask for it, so that it costs nothing. */
type StageMaker = (plan: Plan, context: StageContext) => Stage | undefined;

/** In the order of the pipeline. */
const STAGES: readonly StageMaker[] = [
  metering,
  tracingStage,
  recordStage,
  identifyStage,
  admitStage,
  federateStage,
  lateScopesStage,
  authorising,
  guarding,
  intentStage,
  () => routeStage(),
  shadowStage,
];

/** Takes a plan into use. Throws `ConfigError`, and holds nothing, where what the plan refers to cannot be had. */
export function deploy(plan: Plan, context: DeployContext): Deployment {
  // Whether anything of the plan uses it yet or not: that it is refused is to be seen at once.
  const held = plan.state && holdState(plan.state, context);
  try {
    return assemble(plan, context, held);
  } catch (error) {
    closeStages([held && { close: held.release }], context.log);
    throw error;
  }
}

// ---

function assemble(plan: Plan, context: DeployContext, held: HeldState | undefined): Deployment {
  const kept = openCache(plan, serverSource(context.forwarding), context);
  const source: ResultSource = kept?.cache ?? serverSource(context.forwarding);
  const authority = plan.policy === undefined ? undefined : new Authority(plan.policy);
  const { pseudonym, now } = context;
  const definitions = new Definitions({ source, pseudonym, now });
  const custody = custodyOf(plan, kept, context);
  const stages = makeStages(plan, { ...context, authority, definitions, custody }, kept);
  const gone = () => closeStages([...stages, kept, held && { close: held.release }], context.log);
  const federation = runtimeOf(stages);
  const shared = new SharedListens(context.forwarding, context.pseudonym);
  const retired = () => {
    federation?.feeds.retire();
    shared.retire();
    kept?.retire();
  };
  const live = makeLive(plan, context, { retired, gone });
  const views: readonly View[] = [
    ...(custody === undefined ? [] : [integrityView({ ...custody, now })]),
    ...(authority === undefined ? [] : [authoriseView(authority)]),
  ];
  const surface = new Surface({ source, views });
  const early = earlyAnswers(plan, kept, surface);
  return { live, stages, authority, surface, federation, shared, kept, early, state: held?.state };
}

function custodyOf(plan: Plan, kept: OpenCache | undefined, context: DeployContext): Custody | undefined {
  if (plan.integrity === undefined) return undefined;
  try {
    return takeCustody(plan.integrity, plan.store, context);
  } catch (error) {
    closeStages([kept], context.log);
    throw error;
  }
}

function makeLive(
  plan: Plan,
  context: DeployContext,
  ends: Required<Pick<LiveContext, 'retired' | 'gone'>>,
): LivePlan {
  try {
    return new LivePlan(plan, { fleet: context.fleet, random: context.random, ...ends });
  } catch (error) {
    ends.gone();
    throw error;
  }
}

function earlyAnswers(
  { cache: settings }: Plan,
  kept: OpenCache | undefined,
  surface: Surface,
): EarlyAnswers | undefined {
  if (kept === undefined || settings === undefined) return undefined;
  return new KeptAnswers({ cache: kept.cache, surface, maxShownBytes: settings.sizeBytes });
}

function authorising({ policy }: Plan, { authority, definitions }: StageContext): Stage | undefined {
  if (authority === undefined || policy === undefined) return undefined;
  return authoriseStage({ authority, definitions, body: policy.body });
}

function guarding(_: Plan, { custody, definitions }: StageContext): Stage | undefined {
  return custody === undefined ? undefined : integrityStage({ ...custody, definitions });
}

function metering(_: Plan, { metrics }: StageContext): Stage | undefined {
  return metrics === undefined ? undefined : metricsStage(metrics);
}

function makeStages(plan: Plan, context: StageContext, kept: OpenCache | undefined): readonly Stage[] {
  const stages: Stage[] = [];
  try {
    for (const make of STAGES) {
      const stage = make(plan, context);
      if (stage !== undefined) stages.push(stage);
    }
  } catch (error) {
    const unstaged = stages.some(({ name }) => name === 'integrity') ? undefined : context.custody;
    closeStages([...stages, kept, unstaged && { close: unstaged.release }], context.log);
    throw error;
  }
  return stages;
}

function closeStages(all: readonly (Pick<Stage, 'close'> | undefined)[], log: GatewayLogger): void {
  for (const each of all) {
    Promise.resolve()
      .then(() => each?.close?.())
      .catch((error: unknown) => log({ type: 'failed', error }));
  }
}

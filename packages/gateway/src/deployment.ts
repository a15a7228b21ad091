import { LivePlan } from './plan/live.ts';
import type { Plan } from './plan/plan.ts';
import type { Fleet } from './route/fleet.ts';
import { routeStage } from './route/route.ts';
import type { Stage } from './stage.ts';

/** A plan in use and the stages compiled from it; replaced whole by a reload. */
export interface Deployment {
  readonly live: LivePlan;
  readonly stages: readonly Stage[];
}

/** What a deployment needs from outside. */
export interface DeployContext {
  readonly fleet: Fleet;
  readonly random: () => number;
}

/** Takes a plan into use. The order of the stages is the order of the pipeline between `accept` and `forward`. */
export function deploy(plan: Plan, context: DeployContext): Deployment {
  return { live: new LivePlan(plan, context), stages: [routeStage()] };
}

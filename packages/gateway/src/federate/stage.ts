import type { Authority } from '../authorise/authority.ts';
import type { Definitions } from '../definitions/definitions.ts';
import type { DeployContext } from '../deploy-context.ts';
import type { Exchange } from '../exchange.ts';
import { Feeds } from '../feeds/feeds.ts';
import { messageOf } from '../message/read-body.ts';
import type { LiveFederation } from '../plan/live.ts';
import type { Plan } from '../plan/plan.ts';
import { isRefusal } from '../refusal.ts';
import type { Outcome, Stage } from '../stage.ts';
import { gatewayInfo } from './gateway-info.ts';
import { handlesOf, OWN_KEYS } from './handles.ts';
import { NameReports } from './name-reports.ts';
import { referenceOf } from './reference.ts';
import type { FederationRuntime } from './runtime.ts';
import { openTask } from './tasks.ts';
import { refuseName, refuseParams } from './unknown.ts';

/** What the stage is made of. */
export interface FederateParts extends DeployContext {
  readonly definitions: Definitions;
  readonly authority: Authority | undefined;
}

/** The stage, and what answering on a federated path needs of it. */
interface FederateStage extends Stage {
  readonly runtime: FederationRuntime;
}

/**
 * Finds out which server a request on a federated path is for where its headers alone do not say: what a completion refers to,
 * and the server's own id of a task. All stages after it see the same server and name as on the server's own path.
 */
export function federateStage(plan: Plan, context: FederateParts): FederateStage | undefined {
  const { federation } = plan;
  if (federation === undefined) return undefined;
  const handles = handlesOf(federation, context);
  const { forwarding, pseudonym, log, definitions, authority } = context;
  return {
    name: 'federate',
    runtime: {
      handles,
      info: gatewayInfo(),
      feeds: new Feeds(forwarding, pseudonym),
      reports: new NameReports(log),
    },
    enter(exchange) {
      const { door, method } = exchange.request;
      if (door.federation === undefined) return undefined;
      if (method === 'completion/complete') return resolveReference(exchange, door.federation);
      if (!method.startsWith('tasks/')) return undefined;
      return openTask(exchange, { door: door.federation, handles, definitions, authority });
    },
    close: () => (federation.keys === undefined ? context.resources.release(OWN_KEYS) : undefined),
  };
}

/** What the stages of a plan hold for its federation; `undefined` where it has none. */
export function runtimeOf(stages: readonly Stage[]): FederationRuntime | undefined {
  return stages.find(isFederate)?.runtime;
}

// ---

function isFederate(stage: Stage): stage is FederateStage {
  return stage.name === 'federate' && 'runtime' in stage;
}

async function resolveReference(
  exchange: Exchange,
  { qualifier, servers }: LiveFederation,
): Promise<Outcome> {
  const message = await messageOf(exchange);
  if (isRefusal(message)) return message;
  const reference = referenceOf(message.request.params?.['ref']);
  if (reference === undefined)
    return refuseParams('params.ref must be a reference to a prompt or a resource.');
  const { type, name } = reference;
  const found = type === 'ref/prompt' ? qualifier.resolveName(name) : qualifier.resolveUri(name);
  const { request } = exchange;
  if (found === undefined) return refuseName(request.method, name);
  request.server = servers.get(found.member.server);
  request.name = found.name;
  request.called = name;
  return undefined;
}

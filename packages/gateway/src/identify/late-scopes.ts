import { metadataUrl } from '@switchyard/auth/resource';
import type { Plan } from '../plan/plan.ts';
import type { Stage } from '../stage.ts';
import { tooLittle } from './lock.ts';
import { ScopeNeeds } from './scopes.ts';

/**
 * Holds callers of a federation to the scopes of the server that a request is for where only its body has told which that is
 * (tasks, completions): `identify` has judged by the headers. `undefined` for a plan where that adds nothing.
 */
export function lateScopesStage(plan: Plan): Stage | undefined {
  const { identify, federation } = plan;
  const guarded = plan.servers.filter(({ scopes }) => scopes !== undefined);
  if (identify === undefined || federation === undefined || guarded.length === 0) return undefined;
  const needs = new Map(
    guarded.map(({ name, scopes = {} }) => [name, new ScopeNeeds([identify.scopes, scopes])]),
  );
  const metadata =
    identify.issuers.length === 0 ? undefined : metadataUrl(`${identify.publicUrl}${federation.path}`).href;
  return {
    name: 'late-scopes',
    enter(exchange) {
      const { door, server, method, name } = exchange.request;
      if (door.server !== undefined || server === undefined) return undefined;
      const needed = needs.get(server.plan.name)?.of(method, name) ?? [];
      if (needed.every((scope) => exchange.caller.scopes.includes(scope))) return undefined;
      exchange.note({ stage: 'identify', decision: 'denied', detail: 'insufficient scope' });
      return tooLittle(metadata, needed);
    },
  };
}

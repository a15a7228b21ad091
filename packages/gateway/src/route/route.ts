import type { Stage } from '../stage.ts';

/** Chooses the replica that gets the request, where it is known which server it is for. */
export function routeStage(): Stage {
  return {
    name: 'route',
    enter(exchange) {
      exchange.replica = exchange.request.server?.replicas.choose();
      return undefined;
    },
  };
}

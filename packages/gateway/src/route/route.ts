import type { Stage } from '../stage.ts';
import { versionFor } from './variants/canary.ts';

/** Chooses the version and the replica that gets the request, where it is known which server it is for. */
export function routeStage(): Stage {
  return {
    name: 'route',
    enter(exchange) {
      const { server } = exchange.request;
      if (server === undefined) return undefined;
      if (server.canary !== undefined) exchange.version = versionFor(exchange, server);
      exchange.replica = (exchange.version ?? server).replicas.choose();
      return undefined;
    },
  };
}

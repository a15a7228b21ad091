import type { Secrets } from './config/secret.ts';
import type { GatewayLogger } from './events.ts';
import type { Meter } from './exchange.ts';
import type { ForwardContext } from './forward/forwarding.ts';
import type { Resources } from './resources.ts';
import type { Fleet } from './route/fleet.ts';

/** What a deployment needs from outside. */
export interface DeployContext {
  readonly fleet: Fleet;
  readonly random: () => number;
  /** Milliseconds, never running backwards. */
  readonly now: () => number;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly log: GatewayLogger;
  readonly resources: Resources;
  /** Figures of all exchanges; `undefined` where nobody can read them. */
  readonly metrics: Meter | undefined;
  /** Reads the secrets and files that the plan refers to. */
  readonly secrets: Secrets;
  /** The name that this instance signs `Via` with. */
  readonly pseudonym: string;
  /** For requests that the gateway itself makes of servers. */
  readonly forwarding: ForwardContext;
}

import type { LookupFunction } from 'node:net';
import type { GatewayConfig } from './config/config.ts';
import type { GatewayLogger } from './events.ts';
import type { RequestHandler } from './handle.ts';
import type { Listening } from './listener.ts';
import type { Plan } from './plan/plan.ts';
import type { GatewayStats } from './stats.ts';

/** What a gateway takes from outside. */
export interface GatewayOptions {
  /** Told of what happens; `createLogger` makes one that writes lines. @default silent */
  readonly logger?: GatewayLogger;
  /** Milliseconds, never running backwards. @default performance.now */
  readonly now?: () => number;
  /** Milliseconds since the epoch, for expiries and records. @default Date.now */
  readonly clock?: () => number;
  /** From 0 up to 1; for jitter and for the starting replica, never for secrets. @default Math.random */
  readonly random?: () => number;
  /** Where secrets by `env` are looked up. @default process.env */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Reads the configuration again, for `POST /reload` of the admin port. @default it answers that it cannot */
  readonly reread?: () => Promise<GatewayConfig | Plan>;
  /** How host names of servers become addresses, as `node:net` asks for it. @default dns.lookup */
  readonly lookup?: LookupFunction;
}

/** How a gateway is closed. */
export interface CloseOptions {
  /** How long requests in progress get to finish, in milliseconds. @default the plan's `drain` */
  readonly timeoutMs?: number;
}

/** One endpoint in front of a fleet of MCP servers. Made by `createGateway`. */
export interface Gateway {
  /** Starts listening where the plan says. Rejects with the system's error where it cannot. */
  listen(): Promise<Listening>;
  /** The gateway as a `node:http` request handler, for a server of your own; its limits on headers and time are then yours. */
  readonly handler: RequestHandler;
  /** Whether new requests are taken: false once `close` has been called. */
  readonly ready: boolean;
  /**
   * Puts another configuration in place of this one, whole: new requests go by it, requests in progress finish on the one
   * they started with. Throws `ConfigError` and changes nothing where it is wrong, or changes what needs a restart.
   */
  reload(config: GatewayConfig | Plan): void;
  /**
   * Takes no new connections, ends `subscriptions/listen` streams (their clients listen again elsewhere), in good order where
   * the gateway writes them itself, answers for a second more what comes on open connections and closes those, lets the rest
   * finish for `timeoutMs`, then cuts them. Resolves with the number of requests that did not get to finish, streams not
   * counted. A second call can only shorten the time.
   */
  close(options?: CloseOptions): Promise<{ cut: number }>;
  stats(): GatewayStats;
  [Symbol.asyncDispose](): Promise<void>;
}

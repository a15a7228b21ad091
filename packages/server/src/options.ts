import type { JSONObject } from '@switchyard/wire';
import type { CacheableMethod, CacheHint } from './define/cache-hint.ts';
import type { Environment } from './environment.ts';
import type { Authenticate } from './identity/principal.ts';
import type { RequestStateOptions } from './input/round-state.ts';
import type { HostOptions } from './ladder/host-policy.ts';
import type { RateLimiter } from './ladder/rate-limit.ts';
import type { Limits } from './limits.ts';
import type { Reports } from './runtime.ts';
import type { AuthorizeSubscription } from './subscriptions/authorize.ts';
import type { EventBus } from './subscriptions/bus.ts';
import type { SubscriptionOptions } from './subscriptions/hub.ts';

/** How a server behaves; every option has a safe default. */
export interface ServerOptions extends HostOptions, Partial<Reports> {
  /** How to use the server, for the model; shown by `server/discover`. */
  readonly instructions?: string;
  /** Establishes who is calling, on HTTP. @default nobody is asked; every caller is the anonymous principal */
  readonly authenticate?: Authenticate;
  /** How long each kind of result may be kept, and by whom. @default not at all, privately */
  readonly cacheHints?: Partial<Record<CacheableMethod, CacheHint>>;
  /** Most entries on one page of a list; `0` puts all on one. @default 0 */
  readonly pageSize?: number;
  readonly limits?: Limits;
  /** How often a caller may ask, such as `tokenBucket({ perSecond: 10 })`. @default unlimited; `limits.operations` bounds what runs at once */
  readonly rateLimit?: RateLimiter;
  /** How the state of input rounds is sealed. */
  readonly requestState?: RequestStateOptions;
  readonly subscriptions?: SubscriptionOptions & {
    /** Decides for every URI whether a caller may follow it. @default whoever may read it may follow it */
    readonly authorize?: AuthorizeSubscription;
  };
  /** Carries change notifications between instances. @default within this process */
  readonly bus?: EventBus;
  /** Declares the deprecated logging capability, so that `ctx.log` reaches callers who ask for it. @default false */
  readonly logging?: boolean;
  /** Non-standard capabilities to declare. */
  readonly experimental?: Readonly<Record<string, JSONObject>>;
  /** Whether results say which server made them. @default true */
  readonly announce?: boolean;
  /** OpenTelemetry spans and metrics; costs nothing where no OpenTelemetry SDK is set up. @default true */
  readonly telemetry?: boolean;
  /** Time, chance and timers; for tests. @default the system's */
  readonly environment?: Environment;
}

import type { Deployment } from '../deployment.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { GatewayStats } from '../stats.ts';

/** What the admin port does with the gateway. */
export interface Operated {
  readonly deployment: () => Deployment;
  readonly stats: () => GatewayStats;
  /** Whether new requests are wanted. */
  readonly ready: () => boolean;
  /** From now on no new requests are wanted. */
  readonly leave: () => void;
  /** Reads the configuration again and takes it into use; `undefined` where nobody knows where it came from. */
  readonly reload: (() => Promise<void>) | undefined;
  readonly metrics: Metrics;
}

/** What one measurement of load gave. */
export interface Sample {
  readonly round: number;
  readonly workload: string;
  readonly target: string;
  /** CPU time per request, in microseconds. */
  readonly cpu: number;
  /** The most memory held, in megabytes. */
  readonly peak: number;
}

/** The part of a run's results that the goals read; a section that was not measured is missing. */
export interface Results {
  readonly throughput?: readonly Sample[];
  readonly gateway?: GatewayResults;
}

/** What was measured of gateways. */
export interface GatewayResults {
  readonly samples: readonly Sample[];
  /** Milliseconds that a target adds at half load. */
  readonly added: Readonly<Record<string, { readonly p50: number; readonly p99: number }>>;
  /** How many streams were open, and what memory the process then held, in megabytes. */
  readonly streams: Readonly<Record<string, { readonly streams: number; readonly total: number }>>;
  readonly reload: { readonly ms: number };
}

/** What is to be reached: at most `limit`. */
export interface Goal {
  readonly what: string;
  readonly limit: number;
  readonly unit: string;
  value(results: Results): number | undefined;
}

export const GOALS: readonly Goal[];

/** The median over the rounds of one target's CPU time to another's in the same round; see goals.mjs. */
export function ratio(
  samples: readonly Sample[] | undefined,
  mine: readonly [workload: string, target: string],
  other: readonly [workload: string, target: string],
): number | undefined;

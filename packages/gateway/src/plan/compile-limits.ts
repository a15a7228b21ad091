import type { LimitsConfig } from '../config/config.ts';
import type { ConfigProblem } from '../config/problem.ts';
import { bounded, positive } from './bounds.ts';
import type { LimitsPlan } from './plan.ts';

/** The plan of `limits`. */
export function compileLimits(limits: LimitsConfig, problems: ConfigProblem[]): LimitsPlan {
  const plan = {
    bodyBytes: bounded(limits.body ?? '4MiB', ['limits', 'body'], problems),
    resultBytes: bounded(limits.result ?? '16MiB', ['limits', 'result'], problems),
    headerBytes: bounded(limits.headers ?? '16KiB', ['limits', 'headers'], problems),
    headerCount: limits.headerCount ?? 100,
    inFlight: limits.inFlight ?? 10_000,
    connections: limits.connections ?? 20_000,
    headerTimeMs: positive(limits.headerTime ?? '10s', ['limits', 'headerTime'], problems),
    requestTimeMs: positive(limits.requestTime ?? '60s', ['limits', 'requestTime'], problems),
    keepAliveMs: positive(limits.keepAlive ?? '65s', ['limits', 'keepAlive'], problems),
  };
  if (plan.headerTimeMs > plan.requestTimeMs) {
    const message = 'limits.headerTime is longer than limits.requestTime, which includes it';
    problems.push({
      path: ['limits', limits.headerTime === undefined ? 'requestTime' : 'headerTime'],
      message,
    });
  }
  return plan;
}

import type { Ending, Exchange, Meter } from '../exchange.ts';
import { type Sample, writeFamily } from './exposition.ts';
import { gaugesOf, type Moment } from './gauges.ts';

/** What metrics need from outside. */
export interface MetricsContext {
  /** Milliseconds, never running backwards. */
  readonly now: () => number;
}

/** Upper bounds in seconds, as the conventions for MCP advise. */
const BOUNDS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300] as const;
/** The most values that a label chosen by callers can have; the others count as one. */
const MOST_METHODS = 50;
const MOST_NAMES = 500;
const OTHER = '_OTHER';

interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly buckets: number[];
  count: number;
  sum: number;
}

/**
 * Counts and times every exchange, by server, method, tool and kind of failure. Callers choose names: only those that a
 * server has answered with success get series of their own, and no more than so many.
 */
export class Metrics implements Meter {
  readonly #now: () => number;
  readonly #series = new Map<string, Series>();
  readonly #methods = new Set<string>();
  readonly #names = new Set<string>();
  readonly #turnedAway = new Map<string, number>();

  constructor({ now }: MetricsContext) {
    this.#now = now;
  }

  began(exchange: Exchange): void {
    exchange.startedAt = this.#now();
  }

  ended(exchange: Exchange, ending: Ending): void {
    const seconds = (this.#now() - exchange.startedAt) / 1000;
    const { request } = exchange;
    const error = errorOf(ending);
    const good = error === '';
    const server = request.server?.plan.name ?? request.door.label;
    const method = known(this.#methods, request.method, { good, most: MOST_METHODS });
    const tool =
      request.method === 'tools/call' && request.name !== undefined
        ? this.#tool(server, request.name, good)
        : '';
    const series = this.#seriesOf([server, method, tool, error]);
    series.count += 1;
    series.sum += seconds;
    const bucket = BOUNDS.findIndex((bound) => seconds <= bound);
    if (bucket !== -1) series.buckets[bucket] = (series.buckets[bucket] ?? 0) + 1;
  }

  /** Counts a request that was not let in. */
  turnedAway(reason: string): void {
    this.#turnedAway.set(reason, (this.#turnedAway.get(reason) ?? 0) + 1);
  }

  /** Everything as text, in the format that Prometheus reads. */
  text(moment: Moment): string {
    return [this.#durations(), this.#refusals(), ...gaugesOf(moment)].join('');
  }

  #tool(server: string, name: string, good: boolean): string {
    const key = `${server}\n${name}`;
    return known(this.#names, key, { good, most: MOST_NAMES }) === key ? name : OTHER;
  }

  #seriesOf(values: readonly [string, string, string, string]): Series {
    const key = values.join('\n');
    const found = this.#series.get(key);
    if (found !== undefined) return found;
    const [server, method, tool, error] = values;
    const labels = {
      mcp_method_name: method,
      switchyard_server: server,
      ...(tool === '' ? {} : { gen_ai_tool_name: tool }),
      ...(error === '' ? {} : { error_type: error }),
    };
    const made = { labels, buckets: BOUNDS.map(() => 0), count: 0, sum: 0 };
    this.#series.set(key, made);
    return made;
  }

  #durations(): string {
    const samples: Sample[] = [];
    for (const { labels, buckets, count, sum } of this.#series.values()) {
      let below = 0;
      for (const [index, bound] of BOUNDS.entries()) {
        below += buckets[index] ?? 0;
        samples.push({ suffix: '_bucket', labels: { ...labels, le: String(bound) }, value: below });
      }
      samples.push({ suffix: '_bucket', labels: { ...labels, le: '+Inf' }, value: count });
      samples.push({ suffix: '_sum', labels, value: sum }, { suffix: '_count', labels, value: count });
    }
    const help = 'How long requests took, from their receipt to the end of the response.';
    return writeFamily({ name: 'mcp_server_operation_duration_seconds', type: 'histogram', help, samples });
  }

  #refusals(): string {
    const samples = [...this.#turnedAway].map(([reason, value]) => ({ labels: { reason }, value }));
    const help = 'Requests that were not let in.';
    return writeFamily({ name: 'switchyard_turned_away_total', type: 'counter', help, samples });
  }
}

// ---

function known(
  values: Set<string>,
  value: string,
  { good, most }: { readonly good: boolean; readonly most: number },
): string {
  if (values.has(value)) return value;
  if (!good || values.size >= most) return OTHER;
  values.add(value);
  return value;
}

/** The kind of failure; empty for none. */
function errorOf({ status, complete, refusedFor }: Ending): string {
  if (refusedFor !== undefined) return refusedFor;
  if (status === undefined) return 'left';
  if (status >= 400) return String(status);
  return complete ? '' : 'cut';
}

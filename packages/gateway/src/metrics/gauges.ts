import type { GatewayStats, ReplicaStats } from '../stats.ts';
import { type Sample, writeFamily } from './exposition.ts';

/** What is said of the moment in which metrics are read. */
export interface Moment {
  readonly stats: GatewayStats;
  readonly ready: boolean;
}

/** The figures of a moment, as text. */
export function gaugesOf({ stats, ready }: Moment): string[] {
  const { rss } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  return [
    gauge('switchyard_ready', 'Whether new requests are wanted.', ready ? 1 : 0),
    gauge('switchyard_requests_in_flight', 'Requests in progress, open streams included.', stats.inFlight),
    ...replicaFamilies(stats),
    ...cacheFamilies(stats),
    gauge('process_resident_memory_bytes', 'Memory in use.', rss),
    writeFamily({
      name: 'process_cpu_seconds_total',
      type: 'counter',
      help: 'CPU time used.',
      samples: [{ labels: {}, value: (user + system) / 1e6 }],
    }),
  ];
}

// ---

function gauge(name: string, help: string, value: number): string {
  return writeFamily({ name, type: 'gauge', help, samples: [{ labels: {}, value }] });
}

function replicaFamilies({ servers }: GatewayStats): string[] {
  const samples = (read: (replica: ReplicaStats) => number): Sample[] =>
    servers.flatMap(({ name, replicas }) =>
      replicas.map((replica) => ({
        labels: { switchyard_server: name, replica: replica.url },
        value: read(replica),
      })),
    );
  return [
    writeFamily({
      ...{ name: 'switchyard_replica_up', type: 'gauge', help: 'Whether a replica gets requests.' },
      samples: samples(({ state }) => (state === 'out' ? 0 : 1)),
    }),
    writeFamily({
      ...{ name: 'switchyard_replica_in_flight', type: 'gauge', help: 'Requests in progress at a replica.' },
      samples: samples(({ inFlight }) => inFlight),
    }),
    writeFamily({
      ...{ name: 'switchyard_replica_requests_total', type: 'counter' },
      help: 'Requests sent to a replica, repeats included.',
      samples: samples(({ sent }) => sent),
    }),
  ];
}

function cacheFamilies({ cache }: GatewayStats): string[] {
  if (cache === undefined) return [];
  const { hits, stale, misses, entries, bytes } = cache;
  const samples = Object.entries({ hits, stale, misses }).map(([result, value]) => ({
    labels: { result },
    value,
  }));
  return [
    writeFamily({
      ...{ name: 'switchyard_cache_answers_total', type: 'counter', samples },
      help: 'Answers by where they came from.',
    }),
    gauge('switchyard_cache_entries', 'Answers that are kept in memory.', entries),
    gauge('switchyard_cache_bytes', 'How large they are.', bytes),
  ];
}

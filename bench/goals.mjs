// What the project has set itself to reach, as data. A figure comes out of one run; ratios are the median over its rounds.
import { QUEUE_GOALS } from './queue-goals.mjs';
import { median } from './support/stats.mjs';

const OURS = 'switchyard-node';

/** The goals. `value` reads the figure off the results, undefined where they do not have it; it must be at most `limit`. */
export const GOALS = [
  {
    what: '`tools/call` with validated input and output, CPU, to the floor that parses and stringifies',
    limit: 1.6,
    unit: '×',
    value: ({ throughput }) => ratio(throughput, ['call', OURS], ['call', 'floor-stringify']),
  },
  {
    what: '`tools/call` with 100 tools, CPU, to the same with 1 tool',
    limit: 1.05,
    unit: '×',
    value: ({ throughput }) => ratio(throughput, ['call100', OURS], ['call', OURS]),
  },
  {
    what: '`tools/list` of 100 tools, CPU, to the floor that writes the same ready bytes',
    limit: 1.2,
    unit: '×',
    value: ({ throughput }) => ratio(throughput, ['list', OURS], ['list', 'floor-canned']),
  },
  {
    what: '`resources/read` of 10 KB, CPU, to the floor that parses and stringifies',
    limit: 1.5,
    unit: '×',
    value: ({ throughput }) => ratio(throughput, ['read', OURS], ['read', 'floor-stringify']),
  },
  {
    what: 'peak memory under load, to the floor that parses and stringifies, in the worst of the workloads',
    limit: 1.3,
    unit: '×',
    value: ({ throughput }) => peakRatio(throughput),
  },
  {
    what: 'heap after a million calls, to the heap after the first tenth of them',
    limit: 1.02,
    unit: '×',
    value: ({ leak }) => growth(leak?.[OURS]),
  },
  {
    what: 'memory of an open listen stream beyond what `node:http` takes itself',
    limit: 4,
    unit: ' kB',
    value: ({ subscriptions: { [OURS]: ours, 'floor-stringify': floor } = {} }) =>
      ours === undefined || floor === undefined
        ? undefined
        : Math.max(ours.rss - floor.rss, ours.heap - floor.heap),
  },
  {
    what: 'import of `@switchyard/server` in a fresh process',
    limit: 40,
    unit: ' ms',
    value: ({ imports }) => imports?.['@switchyard/server']?.ms,
  },
  {
    what: 'the minified `@switchyard/server` entry, gzip, without the validator',
    limit: 20,
    unit: ' kB',
    value: ({ bundles }) =>
      bundles === undefined ? undefined : bundles['@switchyard/server without the validator'].gzip / 1000,
  },
  {
    what: 'per-server path of the gateway, `tools/call`, CPU, to the simplest `undici` proxy',
    limit: 1.5,
    unit: '×',
    value: ({ gateway }) => ratio(gateway?.samples, ['call', 'switchyard-gateway'], ['call', 'proxy-undici']),
  },
  {
    what: 'the same with identify, admit, authorise and record on',
    limit: 2,
    unit: '×',
    value: ({ gateway }) =>
      ratio(gateway?.samples, ['call', 'switchyard-gateway-governed'], ['call', 'proxy-undici']),
  },
  {
    what: 'cached `tools/list` of 100 tools at the gateway, CPU, to the floor that writes the same ready bytes',
    limit: 1.3,
    unit: '×',
    value: ({ gateway }) =>
      ratio(gateway?.samples, ['list', 'switchyard-gateway-cache'], ['list', 'floor-canned']),
  },
  {
    what: 'latency that the gateway adds to `tools/call` at half load, median, everything of the goal before last on',
    limit: 1,
    unit: ' ms',
    value: ({ gateway }) => gateway?.added['switchyard-gateway-governed']?.p50,
  },
  {
    what: 'the same, 99th percentile',
    limit: 5,
    unit: ' ms',
    value: ({ gateway }) => gateway?.added['switchyard-gateway-governed']?.p99,
  },
  {
    what: 'memory of a gateway with 10,000 open listen streams, the whole process',
    limit: 200,
    unit: ' MB',
    value: ({ gateway }) => {
      const row = gateway?.streams['switchyard-gateway'];
      return row?.streams === 10_000 ? row.total : undefined;
    },
  },
  {
    what: 'reload of a gateway of 1,000 servers, from the text to its being in force',
    limit: 100,
    unit: ' ms',
    value: ({ gateway }) => gateway?.reload.ms,
  },
  {
    what: 'the same by the watch of its file, the longest that the event loop is held up',
    limit: 20,
    unit: ' ms',
    value: ({ gateway }) => gateway?.reload.held,
  },
  {
    what: '`tools/call` in the client, one at a time, CPU, to bare `undici.request`',
    limit: 2,
    unit: '×',
    value: ({ clients }) => clientRatio(clients, ['switchyard', 'alone'], 'undici'),
  },
  {
    what: '`tools/call` in the client, 32 at once, CPU, to bare `undici.request`',
    limit: 2,
    unit: '×',
    value: ({ clients }) => clientRatio(clients, ['switchyard', 'together'], 'undici'),
  },
  {
    what: '`tools/call` in the client, one at a time, CPU, to the official client',
    limit: 0.25,
    unit: '×',
    value: ({ clients }) => clientRatio(clients, ['switchyard', 'alone'], 'official'),
  },
  {
    what: 'a list that is fresh in the cache of the client, CPU',
    limit: 5,
    unit: ' µs',
    value: ({ clients }) =>
      ofRounds(clients, (round) => round.find(({ target }) => target === 'switchyard-cached')?.alone.cpu),
  },
  ...QUEUE_GOALS,
];

/** The median over the rounds of one client's CPU time to another's in the same round; `phase` is `alone` or `together`. */
export function clientRatio(samples, [target, phase], other) {
  return ofRounds(samples, (round) => {
    const mine = round.find((sample) => sample.target === target);
    const theirs = round.find((sample) => sample.target === other);
    return mine === undefined || theirs === undefined ? undefined : mine[phase].cpu / theirs[phase].cpu;
  });
}

/** The median over the rounds of one target's CPU time to another's in the same round. */
export function ratio(samples, [workload, target], [otherWorkload, other]) {
  return ofRounds(samples, (round) => {
    const mine = sampleOf(round, workload, target);
    const theirs = sampleOf(round, otherWorkload, other);
    return mine === undefined || theirs === undefined ? undefined : mine.cpu / theirs.cpu;
  });
}

/** The worst over the workloads, since a floor that stringifies long lists has a high peak of its own. */
function peakRatio(samples = []) {
  const workloads = [...new Set(samples.map(({ workload }) => workload))];
  const ratios = workloads.map((workload) =>
    ofRounds(samples, (round) => {
      const mine = sampleOf(round, workload, OURS);
      const floor = sampleOf(round, workload, 'floor-stringify');
      return mine === undefined || floor === undefined ? undefined : mine.peak / floor.peak;
    }),
  );
  const known = ratios.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

function growth(points) {
  return points === undefined ? undefined : points.at(-1).heap / points[0].heap;
}

function ofRounds(samples = [], figure) {
  const rounds = [...new Set(samples.map(({ round }) => round))];
  const figures = rounds.map((number) => figure(samples.filter(({ round }) => round === number)));
  const known = figures.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : median(known);
}

const sampleOf = (samples, workload, target) =>
  samples.find((sample) => sample.workload === workload && sample.target === target);

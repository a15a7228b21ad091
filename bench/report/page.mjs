import { WORKLOADS } from '../workloads.mjs';
import { crowdedNote, crowdedTable, QUEUES_NOTE, queuesTable } from './queues.mjs';
import {
  addedTable,
  bundlesTable,
  clientsTable,
  coldTable,
  goalsTable,
  importsTable,
  latencyTable,
  leakTable,
  reloadTable,
  strictnessTable,
  subscriptionsTable,
  workloadsOf,
  workloadTable,
} from './tables.mjs';

/** The sections of a report, each a heading, a table and what it means. */
export function sections(results) {
  const {
    throughput = [],
    gateway,
    latency,
    cold,
    imports,
    bundles,
    leak,
    subscriptions,
    strictness,
    clients,
    tasks,
  } = results;
  const parts = [['Goals', goalsTable(results), GOALS_NOTE]];
  for (const workload of workloadsOf(throughput)) {
    const floors = ['floor-stringify', 'floor-canned'];
    parts.push([WORKLOADS[workload].title, workloadTable(throughput, workload, floors)]);
  }
  if (strictness) parts.push(['What is checked', strictnessTable(strictness), STRICTNESS_NOTE]);
  if (latency) parts.push(['Latency of one caller', latencyTable(latency), LATENCY_NOTE]);
  if (gateway) parts.push(...gatewaySections(gateway));
  if (clients) parts.push(['Clients, tools/call', clientsTable(clients), CLIENTS_NOTE]);
  if (tasks)
    parts.push(
      ['Tasks', queuesTable(tasks), QUEUES_NOTE],
      ['Tasks beside many that are done', crowdedTable(tasks), crowdedNote(tasks)],
    );
  if (leak) parts.push(['Memory over many calls', leakTable(leak), LEAK_NOTE]);
  if (subscriptions) parts.push(['Open listen streams', subscriptionsTable(subscriptions), STREAMS_NOTE]);
  if (cold) parts.push(['Cold start', coldTable(cold), COLD_NOTE]);
  if (imports) parts.push(['Import', importsTable(imports), IMPORT_NOTE]);
  if (bundles) parts.push(['Size', bundlesTable(bundles), SIZE_NOTE]);
  return parts;
}

function gatewaySections({ samples, added, streams, reload }) {
  return [
    ['Gateways, tools/call, 1 tool', workloadTable(samples, 'call', ['proxy-undici']), GATEWAY_NOTE],
    ['Gateways, tools/list of 100 tools', workloadTable(samples, 'list', ['floor-canned']), LISTING_NOTE],
    ['Gateways, latency at half load', addedTable(added), ADDED_NOTE],
    ['Gateways, open listen streams', subscriptionsTable(streams), GATEWAY_STREAMS_NOTE],
    ['Gateways, reload', reloadTable(reload), RELOAD_NOTE],
  ];
}

/** The whole page. */
export function page(results) {
  const body = sections(results).map(([heading, table, note]) =>
    [`## ${heading}`, ...(note === undefined ? [] : [note]), table].join('\n\n'),
  );
  return `${[intro(results), ...body].join('\n\n')}\n`;
}

function intro({ date, machine, rounds, seconds, connections }) {
  return `# Performance

<!-- Written by \`npm run bench\`; do not edit. -->

Measured on ${date}, on ${machine}. Trust the ratios: all targets did the same work, in turn, in one run of ${rounds} rounds, and the
ratios are the medians over the rounds. The absolute figures are those of that machine on that day.

\`npm run bench\` makes this page anew in about twenty minutes (Linux; it installs the peers by itself; nginx is measured where it is
installed). \`npm run bench -- --quick\` gives an impression; \`-- --help\` tells the rest. See [bench](../../bench/README.md).

Every server has the same tools with zod schemas for input and output, checks both, and answers requests of revision 2026-07-28.
The load comes from a process on another core: ${connections} connections, one request at a time on each, ${seconds} seconds after a
warm-up, ids and arguments in rotation; every answer must be HTTP 200, and before and after each measurement the answers are checked whole.

- **CPU µs per request**: user and system time of all the target's processes divided by the requests answered. The steadiest figure.
- **to floor-…**: that, to the same of a floor: bare \`node:http\` that checks nothing and either parses and stringifies, or parses and
  writes text made ready beforehand.
- **requests/s, p50, p99**: under that full load, so that the latencies are mostly waiting in line.
- **peak MB**: the most memory that the processes ever held.`;
}

const GOALS_NOTE = 'What the project has set itself, and what this run reached.';
const STRICTNESS_NOTE =
  'Speed can be bought by not checking. Which faulty requests are answered with an error of any kind:';
const LATENCY_NOTE =
  '`tools/call`, one connection, the next request when the last is answered: no waiting in line.';
const GATEWAY_NOTE =
  'Each in front of two servers that are the ready-bytes floor, which run on the core of the load. CPU is that of the gateway alone.';
const LISTING_NOTE =
  'The first row is the server itself, asked directly: what writing those bytes costs at the least. Cached means that the gateway does not ask it.';
const ADDED_NOTE =
  'What a caller waits longer through the gateway than at the server itself, at half of the rate that the gateway can keep up; requests fall due on a clock, whether or not earlier ones are answered; those of the first second, while the load itself is being compiled, are not counted. All threads of a target share one core: what its engine and its database do beside the main thread is in these figures.';
const GATEWAY_STREAMS_NOTE =
  'One process holds them all, towards callers and towards servers; memory after garbage collection, less what it held before.';
const RELOAD_NOTE =
  'From the text of a configuration to its being in force, a tenth of the servers other than before, in one go; and how long the event loop is held up at most where it is the watch of the file that reads and applies it, in slices (the median of reloads).';
const CLIENTS_NOTE =
  'CPU of the client’s process alone, in front of the ready-bytes floor. Ours and the official client know the tool and hold its output to its schema.';
const LEAK_NOTE =
  '`tools/call`; memory after garbage collection. A server that kept anything of a call would show it here.';
const STREAMS_NOTE =
  'One process holds them all; memory after garbage collection, sockets included, less what it held before.';
const COLD_NOTE =
  'From the start of the process to the first answer to a `tools/call`, zod and its schemas included (the floors have none).';
const IMPORT_NOTE = 'In a fresh process each, files in the cache of the operating system; medians.';
const SIZE_NOTE = `\`esbuild --minify\`, every export kept, dependencies included. Counted is what importing the entry loads at once; what it loads only
when that is needed (for a server: the operations, with its first definitions; input rounds' sealing; telemetry; the JSON Schema engines)
is the last column. ajv counts in neither. The validator is the package \`@switchyard/schema\`; for peers theirs is included.`;

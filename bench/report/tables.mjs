// The results as Markdown tables.
import { clientRatio, GOALS, ratio } from '../goals.mjs';
import { CLIENTS } from '../sections/clients.mjs';
import { FAULT_NAMES } from '../sections/strictness.mjs';
import { median } from '../support/stats.mjs';
import { GATEWAYS, LISTING, SERVERS } from '../targets.mjs';
import { WORKLOADS } from '../workloads.mjs';

/** What was to be reached, what was, and whether that is a pass. */
export function goalsTable(results) {
  const rows = GOALS.flatMap(({ what, limit, unit, value }) => {
    const figure = value(results);
    if (figure === undefined) return [[what, `≤ ${limit}${unit}`, 'not measured', '–']];
    return [[what, `≤ ${limit}${unit}`, `${round(figure)}${unit}`, figure <= limit ? 'pass' : '**miss**']];
  });
  return table(['goal', 'target', 'reached', ''], rows);
}

/** Names of the goals that were measured and missed. */
export const missedGoals = (results) =>
  GOALS.filter(({ limit, value }) => (value(results) ?? 0) > limit).map(({ what }) => what);

/** One workload: every target beside the floors. */
export function workloadTable(samples, workload, floors) {
  const rows = targetsOf(samples, workload).map((name) => {
    const mine = samples.filter((sample) => sample.workload === workload && sample.target === name);
    const cpus = mine.map(({ cpu }) => cpu);
    const middle = (key) => median(mine.map((sample) => sample[key]));
    return [
      titleOf(name),
      `**${round(median(cpus))}** (${round(Math.min(...cpus))}–${round(Math.max(...cpus))})`,
      ...floors.map((floor) => times(ratio(samples, [workload, name], [workload, floor]))),
      Math.round(middle('rate')).toLocaleString('en'),
      round(middle('p50')),
      round(middle('p99')),
      Math.round(Math.max(...mine.map(({ peak }) => peak))),
    ];
  });
  const head = ['', 'CPU µs per request (least–most)', ...floors.map((floor) => `to ${floor}`)];
  return table([...head, 'requests/s', 'p50 ms', 'p99 ms', 'peak MB'], rows);
}

/** The clients, each beside the floor. */
export function clientsTable(samples) {
  const rows = CLIENTS.map(({ name, title }) => {
    const mine = samples.filter(({ target }) => target === name);
    const cell = (phase) => {
      const cpus = mine.map((sample) => sample[phase].cpu);
      return `**${round(median(cpus))}** (${round(Math.min(...cpus))}–${round(Math.max(...cpus))})`;
    };
    const beside = (phase) => times(clientRatio(samples, [name, phase], 'undici'));
    const rate = (phase) => Math.round(median(mine.map((sample) => sample[phase].rate))).toLocaleString('en');
    const of = (phase) => [cell(phase), beside(phase), rate(phase)];
    return [title, ...of('alone'), ...of('together')];
  });
  const head = (how) => [`${how}, CPU µs a call`, 'to undici', 'calls/s'];
  return table(['', ...head('one at a time'), ...head('32 at once')], rows);
}

export function latencyTable(latency) {
  const rows = Object.entries(latency).map(([name, { p50, p99 }]) => [
    titleOf(name),
    p50.toFixed(2),
    p99.toFixed(2),
  ]);
  return table(['', 'p50 ms', 'p99 ms'], rows);
}

/** What each gateway adds to the latency of a call. */
export function addedTable(added) {
  const rows = Object.entries(added).map(([name, { rate, p50, p99 }]) => [
    titleOf(name),
    rate.toLocaleString('en'),
    p50.toFixed(2),
    p99.toFixed(2),
  ]);
  return table(['', 'requests/s', 'added p50 ms', 'added p99 ms'], rows);
}

export function reloadTable({ servers, ms, most, held }) {
  const row = [servers.toLocaleString('en'), round(ms), round(most), round(held)];
  return table(['servers', 'ms', 'most ms', 'held up ms'], [row]);
}

export function coldTable(cold) {
  const rows = Object.entries(cold).map(([name, { first, cpu, rss }]) => [
    titleOf(name),
    Math.round(first),
    Math.round(cpu),
    Math.round(rss),
  ]);
  return table(['', 'first answer after ms', 'CPU ms', 'memory MB'], rows);
}

export function importsTable(imports) {
  const rows = Object.entries(imports).map(([title, { ms, rss }]) => [
    `\`${title}\``,
    round(ms),
    Math.round(rss),
  ]);
  return table(['import', 'ms', 'process then holds MB'], rows);
}

export function bundlesTable(bundles) {
  const kilobytes = (bytes) => round(bytes / 1000);
  const rows = Object.entries(bundles).map(([title, { minified, gzip, lazy }]) => [
    title.replace(/^\S+/, '`$&`'),
    kilobytes(minified),
    `**${kilobytes(gzip)}**`,
    kilobytes(lazy),
  ]);
  return table(['entry', 'minified kB', 'gzip kB', 'loaded only when needed, minified kB'], rows);
}

export function leakTable(leak) {
  const [points = []] = Object.values(leak);
  const head = points.map(({ calls }) => `${calls.toLocaleString('en')} calls`);
  const rows = Object.entries(leak).map(([name, list]) => [
    titleOf(name),
    ...list.map(({ heap, rss }) => `${heap.toFixed(2)} / ${Math.round(rss)}`),
  ]);
  return table(['heap / process, MB', ...head], rows);
}

export function subscriptionsTable(subscriptions) {
  const rows = Object.entries(subscriptions).map(
    ([name, { streams, rss, heap, total, openSeconds, toldMs }]) => [
      titleOf(name),
      streams.toLocaleString('en'),
      round(rss),
      round(heap),
      Math.round(total),
      round(openSeconds),
      toldMs === undefined ? '–' : Math.round(toldMs),
    ],
  );
  return table(
    [
      '',
      'streams',
      'kB each',
      'of which heap',
      'process MB',
      'all open after s',
      'all told of a change after ms',
    ],
    rows,
  );
}

export function strictnessTable(strictness) {
  const rows = Object.entries(strictness).map(([name, refused]) => [
    titleOf(name),
    ...FAULT_NAMES.map((fault) => (refused[fault] ? 'yes' : '**no**')),
  ]);
  return table(['refuses', ...FAULT_NAMES], rows);
}

/** The workloads that the samples are of, in order. */
export const workloadsOf = (samples) =>
  Object.keys(WORKLOADS).filter((workload) => samples.some((sample) => sample.workload === workload));

const targetsOf = (samples, workload) =>
  [...new Set([...SERVERS, ...GATEWAYS, ...LISTING].map(({ name }) => name))].filter((name) =>
    samples.some((sample) => sample.workload === workload && sample.target === name),
  );

const titleOf = (name) =>
  [...SERVERS, ...GATEWAYS, ...LISTING].find((target) => target.name === name)?.title ?? name;

const times = (figure) => (figure === undefined ? '–' : `${round(figure)}×`);

/** Three digits that count. */
function round(figure) {
  if (Math.abs(figure) >= 100) return String(Math.round(figure));
  return figure.toFixed(Math.abs(figure) >= 10 ? 1 : 2);
}

function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

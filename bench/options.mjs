import { parseArgs } from 'node:util';
import { WORKLOADS } from './workloads.mjs';

/** The sections of a run, in order. */
export const SECTIONS = [
  'strictness',
  'throughput',
  'latency',
  'cold',
  'imports',
  'bundles',
  'leak',
  'subscriptions',
  'gateway',
  'clients',
  'tasks',
];

export const USAGE = `npm run bench -- [options]

  --quick              one round of 3 seconds, 100,000 calls, 1,000 streams: an impression in a few minutes
  --sections a,b       only these: ${SECTIONS.join(', ')}
  --workloads a,b      only these: ${Object.keys(WORKLOADS).join(', ')}
  --only a,b           only these targets (see targets.mjs)
  --rounds n           rounds of the load (3)
  --seconds n          seconds of load for each measurement (6)
  --merge              puts what is measured into the page, and keeps the rest of it
  --profile file       no run: says where the time went in a .cpuprofile (node --cpu-prof)
  --help               this text

A run of everything, without --quick, writes docs/reference/performance.md.
`;

/** Reads the command line; throws an Error that says what is wrong with it. */
export function parseOptions(argv) {
  const { values } = parseArgs({
    args: argv,
    options: {
      quick: { type: 'boolean', default: false },
      sections: { type: 'string' },
      workloads: { type: 'string' },
      only: { type: 'string' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      merge: { type: 'boolean', default: false },
      profile: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const { quick, help, merge, profile } = values;
  const partial =
    quick || [values.sections, values.workloads, values.only].some((value) => value !== undefined);
  return {
    help,
    profile,
    quick,
    merge,
    writesPage: !partial || merge,
    sections: chosen('sections', values.sections, SECTIONS),
    workloads: chosen('workloads', values.workloads, Object.keys(WORKLOADS)),
    only: values.only === undefined ? undefined : new Set(values.only.split(',')),
    rounds: positive('rounds', values.rounds, quick ? 1 : 3),
    seconds: positive('seconds', values.seconds, quick ? 3 : 6),
    warmup: quick ? 2 : 3,
    runs: quick ? 3 : 9,
    connections: 64,
    calls: quick ? 100_000 : 1_000_000,
    streams: quick ? 1000 : 10_000,
    tasks: quick ? 2000 : 10_000,
    finished: quick ? 100_000 : 1_000_000,
  };
}

function chosen(option, text, known) {
  const names = text?.split(',') ?? known;
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`--${option} knows ${known.join(', ')}, not '${unknown}'.`);
  return names;
}

function positive(option, text, fallback) {
  const number = text === undefined ? fallback : Number(text);
  if (!(number > 0)) throw new Error(`--${option} must be a number above 0, not '${text}'.`);
  return number;
}

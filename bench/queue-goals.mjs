// What the stores of tasks have to reach; see goals.mjs.
import { median } from './support/stats.mjs';

const OURS = 'switchyard-postgres';
const PEERS = ['graphile-worker', 'graphile-worker-tuned', 'pg-boss', 'pg-boss-loop'];

export const QUEUE_GOALS = [
  {
    what: 'tasks on PostgreSQL, one process, time each, to the fastest of pg-boss and graphile-worker',
    limit: 1,
    unit: '×',
    value: ({ tasks }) => toFastest(tasks, 'one'),
  },
  {
    what: 'the same by four processes',
    limit: 1,
    unit: '×',
    value: ({ tasks }) => toFastest(tasks, 'four'),
  },
  {
    what: 'a task on PostgreSQL, from the call that makes it to its handler, median',
    limit: 3,
    unit: ' ms',
    value: ({ tasks }) => ofOurs(tasks, ({ handle }) => handle.p50),
  },
  {
    what: 'anything about tasks beside a million that are done, to the same beside none, the worst',
    limit: 1.2,
    unit: '×',
    value: ({ tasks }) => worstCrowded(tasks),
  },
];

/** By how much each figure is worse beside many finished tasks than beside none, as the median over the rounds. */
export function crowdedRatios({ pairs }) {
  return {
    cpu: median(pairs.map(({ empty, full }) => full.cpu / empty.cpu)),
    rate: median(pairs.map(({ empty, full }) => empty.rate / full.rate)),
    create: median(pairs.map(({ empty, full }) => full.create.p50 / empty.create.p50)),
    get: median(pairs.map(({ empty, full }) => full.get.p50 / empty.get.p50)),
    claim: median(pairs.map(({ empty, full }) => full.claim.p50 / empty.claim.p50)),
  };
}

// ---

function toFastest(tasks, processes) {
  return ofRounds(tasks, (round) => {
    const rateOf = (name) => round.find(({ queue }) => queue === name)?.[processes].rate;
    const peers = PEERS.map(rateOf).filter((rate) => rate !== undefined);
    const ours = rateOf(OURS);
    return ours === undefined || peers.length === 0 ? undefined : Math.max(...peers) / ours;
  });
}

function ofOurs(tasks, figure) {
  return ofRounds(tasks, (round) => {
    const ours = round.find(({ queue }) => queue === OURS);
    return ours === undefined ? undefined : figure(ours);
  });
}

function worstCrowded(tasks) {
  const ratios = (tasks?.crowded ?? []).flatMap((queue) => Object.values(crowdedRatios(queue)));
  return ratios.length === 0 ? undefined : Math.max(...ratios);
}

function ofRounds(tasks, figure) {
  const samples = tasks?.samples ?? [];
  const rounds = [...new Set(samples.map(({ round }) => round))];
  const figures = rounds.map((number) => figure(samples.filter(({ round }) => round === number)));
  const known = figures.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : median(known);
}

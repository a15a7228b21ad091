// The tables of tasks.
import { crowdedRatios } from '../queue-goals.mjs';
import { QUEUES } from '../sections/queues.mjs';
import { median } from '../support/stats.mjs';

export const QUEUES_NOTE = `One process, then four, each with 64 callers that make tasks one after the other and 50 handlers that do nothing, over one PostgreSQL (or
one file) on the same machine, with at most ten connections a process: from the first call until the last task is kept as done. CPU is
that of the processes and of their connections in the database, for each task. The latencies are of one task at a time: until it is made, until its handler has it, and
of one look at it; and of the claim by which a worker takes one over. graphile-worker deletes what is done; the others keep it.`;

/** Every queue, with the median over the rounds. */
export function queuesTable({ samples }) {
  const rows = QUEUES.filter(({ name }) => samples.some(({ queue }) => queue === name)).map(
    ({ name, title }) => {
      const mine = samples.filter(({ queue }) => queue === name);
      const middle = (figure) => median(mine.map(figure));
      const latency = (key) => {
        if (mine.some((sample) => sample[key] === undefined)) return '–';
        return `${round(middle((sample) => sample[key].p50))} / ${round(middle((sample) => sample[key].p99))}`;
      };
      return [
        title,
        whole(middle(({ one }) => one.rate)),
        whole(middle(({ one }) => one.cpu)),
        whole(middle(({ four }) => four.rate)),
        whole(middle(({ four }) => four.cpu)),
        latency('create'),
        latency('handle'),
        latency('get'),
        latency('claim'),
      ];
    },
  );
  const head = ['', 'tasks/s, one process', 'CPU µs each', 'tasks/s, four', 'CPU µs each'];
  return table([...head, 'made, p50 / p99 ms', 'handled', 'looked at', 'taken over'], rows);
}

export const crowdedNote = ({ finished }) =>
  `The same store with ${finished.toLocaleString('en')} finished tasks and with none, in turn: how many times as long.`;

/** By how much each figure is worse beside many finished tasks. */
export function crowdedTable({ crowded }) {
  const rows = crowded.map((one) => {
    const { title } = QUEUES.find(({ name }) => name === one.queue);
    const { cpu, rate, create, get, claim } = crowdedRatios(one);
    return [title, ...[rate, cpu, create, get, claim].map((ratio) => `${round(ratio)}×`)];
  });
  return table(
    ['', 'time a task, one process', 'CPU a task', 'to make one', 'to look at one', 'to claim one'],
    rows,
  );
}

// ---

const whole = (figure) => Math.round(figure).toLocaleString('en');

const round = (figure) => (figure >= 100 ? String(Math.round(figure)) : figure.toFixed(figure >= 10 ? 1 : 2));

function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

// Reads a .cpuprofile: where the time went, by function and by file, and by the nearest frame outside Node itself.
import { readFileSync } from 'node:fs';

/** Prints the `top` rows of each table for a profile that `node --cpu-prof` wrote. */
export function printProfile(file, top = 20) {
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(file, 'utf8'));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  const spent = new Map();
  for (const [index, id] of samples.entries()) add(spent, id, timeDeltas[index]);
  const totals = {
    'self, by function': new Map(),
    'inclusive, by function': new Map(),
    'by frame outside Node': new Map(),
  };
  for (const [id, time] of spent) {
    if (byId.get(id).callFrame.functionName === '(idle)') continue;
    const stack = stackOf(id, byId, parents);
    add(totals['self, by function'], nameOf(stack[0]), time);
    for (const name of new Set(stack.map(nameOf))) add(totals['inclusive, by function'], name, time);
    add(totals['by frame outside Node'], nameOf(stack.find(isOutsideNode) ?? stack[0]), time);
  }
  const busy = [...totals['self, by function'].values()].reduce((sum, time) => sum + time, 0);
  for (const [title, table] of Object.entries(totals)) printTable(title, table, { busy, top });
}

function stackOf(id, byId, parents) {
  const stack = [];
  for (let at = id; at !== undefined; at = parents.get(at)) stack.push(byId.get(at).callFrame);
  return stack;
}

const isOutsideNode = ({ url }) => url !== '' && !url.startsWith('node:');

function nameOf({ functionName, url, lineNumber }) {
  const short = url.replace(/^file:\/\//, '').replace(/^.*\/(?:node_modules|packages)\//, '');
  return `${functionName || '(anonymous)'} ${short}:${lineNumber + 1}`;
}

function add(table, key, time) {
  table.set(key, (table.get(key) ?? 0) + time);
}

function printTable(title, table, { busy, top }) {
  console.log(`\n${title}`);
  for (const [name, time] of [...table].sort((a, b) => b[1] - a[1]).slice(0, top)) {
    console.log(`${((100 * time) / busy).toFixed(1).padStart(6)}%  ${name}`);
  }
}

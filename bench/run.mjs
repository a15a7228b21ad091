// The benchmark: `npm run bench`. See README.md.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBuilt, ensureInstalled } from '../scripts/ensure.mjs';
import { parseOptions, USAGE } from './options.mjs';

const folder = path.dirname(fileURLToPath(import.meta.url));
const pageFile = path.join(folder, '../docs/reference/performance.md');
const latestFile = path.join(folder, 'results/latest.json');
const options = readOptions();

if (options.help) console.log(USAGE);
else if (options.profile !== undefined) (await import('./support/profile.mjs')).printProfile(options.profile);
else await run();

async function run() {
  if (process.platform !== 'linux') throw new Error('The benchmark reads /proc: it runs on Linux only.');
  ensureInstalled();
  ensureBuilt();
  ensureInstalled(folder);
  // Only now is there everything that these import.
  const { measure } = await import('./measure.mjs');
  const { mergedPage } = await import('./report/merge.mjs');
  const { page, sections } = await import('./report/page.mjs');
  const { missedGoals } = await import('./report/tables.mjs');
  const { rounds, seconds, connections, quick } = options;
  const date = new Date().toISOString().slice(0, 10);
  const machine = `${cpus().length} cores, Node ${process.versions.node.split('.')[0]}, Linux`;
  const run = { date, machine, rounds, seconds, connections, quick };
  const results = { ...run, ...(await measure(options)) };
  const text = () => {
    if (!options.merge) return page(results);
    // What was measured at another time must not pass for part of one run.
    const apart = `${options.sections.join(', ')} (${date}, ${rounds} rounds)`;
    return mergedPage(readFileSync(pageFile, 'utf8'), sections(results), apart);
  };
  mkdirSync(path.dirname(latestFile), { recursive: true });
  writeFileSync(latestFile, `${JSON.stringify(results, undefined, 1)}\n`);
  for (const [heading, table] of sections(results)) console.log(`\n${heading}\n\n${table}`);
  if (options.writesPage && results.failed.length === 0) writeFileSync(pageFile, text());
  const missed = missedGoals(results);
  console.log(`\n${missed.length === 0 ? 'No goal missed.' : `Missed: ${missed.join('; ')}.`}`);
  if (results.failed.length > 0) console.log(`Failed: ${results.failed.join(', ')}.`);
  process.exitCode = missed.length + results.failed.length === 0 ? 0 : 1;
}

function readOptions() {
  try {
    return parseOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${error.message}\n\n${USAGE}`);
    process.exit(2);
  }
}

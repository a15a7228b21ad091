// The long form of the chaos suite: `npm run chaos -- --tasks 1000 --seed 7`.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt, ensureInstalled, root } from './ensure.mjs';

const USAGE = `npm run chaos -- [options]

  --tasks n    how many tasks on each store (1000)
  --seed n     what is done to whom follows from it (chance)
  --rounds n   how often gateways, servers and engines of the fleet are lost in turn (10)
  --only name  SQLite, PostgreSQL or gateways alone
  --help       this text

Several processes run tasks on one SQLite file, then on a PostgreSQL of their own, while they are killed and frozen, clocks
jump, connections are cut and the database crashes. Then a fleet of gateways and servers behind nginx is called while its
members are killed and Redis and PostgreSQL are lost. Prints what happened as JSON, a line for each store and one for the fleet; the
exit code is 1 where a task did not reach its right end, a step or call was lost or doubled, or a take-over came late.`;

const { values } = parseArgs({
  options: {
    tasks: { type: 'string', default: '1000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    rounds: { type: 'string', default: '10' },
    only: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) console.log(USAGE);
else process.exitCode = run();

function run() {
  ensureInstalled();
  ensureBuilt();
  const folder = mkdtempSync(path.join(tmpdir(), 'switchyard-chaos-'));
  const report = path.join(folder, 'report');
  const env = { ...process.env, CHAOS_TASKS: values.tasks, CHAOS_SEED: values.seed, CHAOS_REPORT: report };
  env.CHAOS_ROUNDS = values.rounds;
  const suites = ['test/chaos/tasks', 'test/chaos/gateway/governed.test.ts'].filter(
    (suite) => values.only === undefined || suite.includes('gateway') === (values.only === 'gateways'),
  );
  const only =
    values.only === undefined || values.only === 'gateways' ? [] : ['-t', `on (one )?${values.only}`];
  const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
  try {
    const args = [vitest, 'run', ...suites, '--reporter=verbose', ...only];
    const { status } = spawnSync(process.execPath, args, {
      cwd: root,
      env,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    if (existsSync(report)) console.log(readFileSync(report, 'utf8').trimEnd());
    return status ?? 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

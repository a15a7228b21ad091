// Runs the official conformance suite's client side for revision 2026-07-28 against our client: what the revision requires,
// and what is run unscored. `--only <text>` runs the scenarios whose names contain it, `--command <command>` tries another
// client, which gets the URL as its last argument, `--verbose` shows what the suite prints. The last line is the count of checks; the exit code is 1 where one failed or warned.
import { parseArgs } from 'node:util';
import { clientScenarios, runClientScenario } from './conformance/client/suite.mjs';
import { judge } from './conformance/judge.mjs';
import { ensureBuilt, ensureInstalled } from './ensure.mjs';

const AT_ONCE = 2;

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    command: { type: 'string' },
    verbose: { type: 'boolean', default: false },
  },
});

ensureInstalled();
ensureBuilt('packages/client');
ensureBuilt('packages/auth');

const expected = clientScenarios().filter((name) => name.includes(values.only));
const waiting = [...expected];
const found = new Map();
await Promise.all(Array.from({ length: AT_ONCE }, work));

const { passed, failed } = judge({ code: 0, scenarios: found, expected }, new Set());
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && expected.length > 0 ? 0 : 1;

async function work() {
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    const { checks, code, output } = await runClientScenario(name, values.command);
    if (values.verbose || checks === undefined) console.error(output);
    if (checks === undefined) continue;
    found.set(name, [...checks, ...silences(code, checks)]);
  }
}

/** A scenario that came to nothing, and a failure that no check tells of, are failures too. */
function silences(code, checks) {
  const has = (wanted) => checks.some(({ status }) => status === wanted);
  if (has('FAILURE') || (code === 0 && has('SUCCESS'))) return [];
  const errorMessage = code === 0 ? 'nothing was checked' : `the suite ended with code ${code}`;
  return [{ id: 'end', status: 'FAILURE', errorMessage }];
}

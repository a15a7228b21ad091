// `npm test`: installs what is missing, then every gate and every suite. The last line is the count of both together.
// Arguments go to vitest: `npm test -- test/start`.
import { BUILD, GATES } from './check/gates.mjs';
import { runGates } from './check/run.mjs';
import { runTests } from './check/tests.mjs';
import { ensureInstalled } from './ensure.mjs';

ensureInstalled();
const build = await runGates([BUILD]);
const gates = await runGates(GATES);
const tests = runTests(process.argv.slice(2));
if (tests.skipped > 0) console.log(`${tests.skipped} skipped`);
const failed = build.failed + gates.failed + tests.failed;
console.log(`${build.passed + gates.passed + tests.passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

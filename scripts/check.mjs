// `npm run check`: every gate but the tests.
import { BUILD, GATES } from './check/gates.mjs';
import { runGates } from './check/run.mjs';
import { ensureInstalled } from './ensure.mjs';

ensureInstalled();
const build = await runGates([BUILD]);
const gates = await runGates(GATES);
const failed = build.failed + gates.failed;
console.log(`${build.passed + gates.passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

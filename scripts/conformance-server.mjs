// Runs the official conformance suite for revision 2026-07-28: against the everything server, with `--gateway` against
// three of them behind the gateway (`--federated`: on the path of a federation; `--gateways 3`: behind three gateways in
// turn; `--governed`: with every stage of the gateways switched on), with `--url <endpoint>` against any server. `--verbose` shows what the suite prints.
// The last line is the count of checks; the exit code is 1 where one failed or warned.
import { parseArgs } from 'node:util';
import { declaredExtensions, judge } from './conformance/judge.mjs';
import { runSuite } from './conformance/suite.mjs';
import { startBehindGateway, startDirect } from './conformance/target.mjs';
import { ensureBuilt, ensureInstalled } from './ensure.mjs';

const REPLICAS = 3;

const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    gateway: { type: 'boolean', default: false },
    federated: { type: 'boolean', default: false },
    governed: { type: 'boolean', default: false },
    gateways: { type: 'string', default: '1' },
    verbose: { type: 'boolean', default: false },
  },
});

ensureInstalled();

const { passed, failed } = await verdict().catch((error) => {
  console.log(`✗ ${error.message}`);
  return { passed: 0, failed: 1 };
});
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

async function verdict() {
  const target = await startTarget();
  try {
    return await runAgainst(target);
  } finally {
    await target.stop();
  }
}

function startTarget() {
  const { url, federated, governed } = values;
  const gateways = Number(values.gateways);
  const gateway = values.gateway || federated || governed || gateways > 1;
  if (url !== undefined) return { url, report: () => undefined, stop: async () => undefined };
  ensureBuilt('examples/everything', ...(gateway ? ['packages/gateway'] : []));
  return gateway ? startBehindGateway(REPLICAS, { federated, governed, gateways }) : startDirect();
}

async function runAgainst({ url, report }) {
  console.log(`The conformance suite runs against ${url}`);
  const extensions = await declaredExtensions(url);
  const run = await runSuite(url, values);
  const total = judge(run, extensions);
  if (run.code !== 0) console.log(run.output.slice(-4_000));
  report();
  return total;
}

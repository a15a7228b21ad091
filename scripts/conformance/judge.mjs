// Turns the suite's checks into a verdict: a warning counts as much as a failure, and what did not run has failed.
import { REVISION } from './suite.mjs';

const TASKS = 'io.modelcontextprotocol/tasks';
const VERDICTS = { SUCCESS: 'passed', FAILURE: 'failed', WARNING: 'failed' };

/** Counts checks and prints one line a scenario; `extensions` are those that the server declares. */
export function judge({ code, scenarios, expected }, extensions) {
  const total = { passed: 0, failed: 0 };
  for (const [scenario, checks] of scenarios) {
    if (scenario.startsWith('tasks-') && !extensions.has(TASKS)) continue;
    const verdicts = { passed: 0, failed: 0 };
    for (const { status } of checks) if (status in VERDICTS) verdicts[VERDICTS[status]] += 1;
    total.passed += verdicts.passed;
    total.failed += verdicts.failed;
    console.log(
      `${verdicts.failed === 0 ? '✓' : '✗'} ${scenario}: ${verdicts.passed} passed, ${verdicts.failed} failed`,
    );
    for (const check of checks) printTrouble(check);
  }
  const missing = expected.filter((scenario) => !scenarios.has(scenario));
  for (const scenario of missing) console.log(`✗ ${scenario}: did not run`);
  total.failed += missing.length;
  if (code !== 0 && total.failed === 0) {
    console.log(`✗ the suite itself ended with code ${code}`);
    total.failed += 1;
  }
  return total;
}

/** The extensions that the server at `url` says it has. */
export async function declaredExtensions(url) {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': REVISION,
    'io.modelcontextprotocol/clientInfo': { name: 'conformance-server', version: '1.0.0' },
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
      'mcp-protocol-version': REVISION,
      'mcp-method': 'server/discover',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'server/discover', params: { _meta } }),
  });
  if (!response.ok) throw new Error(`${url} answers server/discover with HTTP ${response.status}.`);
  const { result } = await response.json();
  return new Set(Object.keys(result?.capabilities?.extensions ?? {}));
}

function printTrouble({ id, status, errorMessage, details }) {
  if (status === 'SUCCESS' || status === 'INFO') return;
  console.log(`    ${status} ${id}: ${errorMessage ?? 'no reason given'}`);
  if (status !== 'SKIPPED' && details !== undefined)
    console.log(`      ${JSON.stringify(details).slice(0, 2_000)}`);
}

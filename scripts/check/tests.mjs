// Runs the test suites and counts.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from '../ensure.mjs';

/** Runs vitest with these further arguments; returns how many tests passed, failed and were skipped. */
export function runTests(args) {
  const folder = mkdtempSync(path.join(tmpdir(), 'switchyard-test-'));
  const report = path.join(folder, 'report.json');
  const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  try {
    const { status } = spawnSync(process.execPath, [vitest, 'run', ...reporters, ...args], {
      cwd: root,
      stdio: 'inherit',
    });
    return counts(read(report), status);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * What a report of vitest's JSON reporter comes to. A file that could not be run counts as one failure; so does a run that
 * ended badly while no test failed, as after an error outside any test.
 */
export function counts(report, status) {
  if (report === undefined) return { passed: 0, failed: 1, skipped: 0 };
  const { numPassedTests: passed, numFailedTests, numPendingTests, numTodoTests, testResults } = report;
  const broken = testResults.filter(({ status, assertionResults }) => {
    return status === 'failed' && !assertionResults.some((test) => test.status === 'failed');
  });
  const failed = numFailedTests + broken.length;
  return {
    passed,
    failed: failed === 0 && status !== 0 ? 1 : failed,
    skipped: numPendingTests + numTodoTests,
  };
}

function read(report) {
  try {
    return JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    return undefined;
  }
}

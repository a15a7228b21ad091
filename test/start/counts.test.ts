import { afterEach, expect, test, vi } from 'vitest';
import { runGates } from '../../scripts/check/run.mjs';
import { counts, type Report } from '../../scripts/check/tests.mjs';

afterEach(() => void vi.restoreAllMocks());

const report = (more: Partial<Report>): Report => ({
  numPassedTests: 5,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [{ status: 'passed', assertionResults: [{ status: 'passed' }] }],
  ...more,
});

const brokenFile = { status: 'failed', assertionResults: [] };
const failedFile = { status: 'failed', assertionResults: [{ status: 'passed' }, { status: 'failed' }] };

test.each([
  ['all pass', report({}), 0, { passed: 5, failed: 0, skipped: 0 }],
  [
    'some fail',
    report({ numFailedTests: 2, testResults: [failedFile] }),
    1,
    { passed: 5, failed: 2, skipped: 0 },
  ],
  ['a file cannot be run', report({ testResults: [brokenFile] }), 1, { passed: 5, failed: 1, skipped: 0 }],
  ['an error is thrown outside any test', report({}), 1, { passed: 5, failed: 1, skipped: 0 }],
  [
    'some are skipped',
    report({ numPendingTests: 2, numTodoTests: 1 }),
    0,
    { passed: 5, failed: 0, skipped: 3 },
  ],
  ['there is no report', undefined, 1, { passed: 0, failed: 1, skipped: 0 }],
])('the count where %s', (_what, given, status, expected) => {
  expect(counts(given, status)).toEqual(expected);
});

test('a gate that fails is counted, and what it writes is shown', async () => {
  const shown: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => void shown.push(line));
  const gate = (name: string, code: string) => ({ name, command: [process.execPath, '-e', code] });
  const results = await runGates([
    gate('good', 'console.log("quiet")'),
    gate('bad', 'console.error("the reason"); process.exit(3)'),
    { name: 'missing', command: ['no-such-program'] },
  ]);
  expect(results).toEqual({ passed: 1, failed: 2 });
  expect(shown.join('\n')).toMatch(/✓ good \(/);
  expect(shown.join('\n')).toMatch(/the reason\n✗ bad \(/);
  expect(shown.join('\n')).toMatch(/ENOENT\n✗ missing \(/);
  expect(shown).not.toContain('quiet');
});

import { describe, expect, it } from 'vitest';
import { formatIssues } from './index.ts';

const ISSUES = ['/a', '', '/b/0'].map((path, index) => ({ path, message: `expected ${index}` }));

describe('formatIssues', () => {
  it('writes one line, the path before the message where there is one', () => {
    expect(formatIssues(ISSUES)).toBe('/a: expected 0; expected 1; /b/0: expected 2');
  });

  it('says how many it leaves out', () => {
    expect(formatIssues(ISSUES, 1)).toBe('/a: expected 0; and 2 more');
    expect(formatIssues([], 1)).toBe('');
  });
});

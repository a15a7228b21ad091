import { describe, expect, it } from 'vitest';
import { FEATURES, featureOf, lifecycleWarning } from './lifecycle.ts';

describe('the feature lifecycle table', () => {
  it('has the deprecated features of the registry', () => {
    const rows = FEATURES.filter(({ state }) => state === 'deprecated');
    expect(
      rows.map(({ feature, deprecatedIn, earliestRemoval }) => [feature, deprecatedIn, earliestRemoval]),
    ).toEqual([
      ['Roots', '2026-07-28', '2027-07-28'],
      ['Sampling', '2026-07-28', '2027-07-28'],
      ['Logging', '2026-07-28', '2027-07-28'],
      ['Dynamic Client Registration', '2026-07-28', '2027-07-28'],
      ['includeContext "thisServer" and "allServers"', '2025-11-25', '2027-07-28'],
      ['HTTP+SSE transport', '2025-03-26', undefined],
    ]);
  });

  it('has each feature once, with what its state calls for', () => {
    expect(new Set(FEATURES.map(({ id }) => id)).size).toBe(FEATURES.length);
    for (const row of FEATURES) {
      expect(featureOf(row.id)).toBe(row);
      expect(Object.isFrozen(row)).toBe(true);
      expect(row.removedIn !== undefined).toBe(row.state === 'removed');
      expect(row.deprecatedIn !== undefined).toBe(row.state === 'deprecated');
      expect(row.instead === undefined).toBe(row.state === 'active');
      if (row.state === 'deprecated') expect(row.earliestRemoval ?? row.removalCondition).toBeDefined();
    }
  });

  it('refuses an id that nobody knows', () => {
    // @ts-expect-error The type refuses it too.
    expect(() => featureOf('nonsense')).toThrow(TypeError);
  });
});

describe('lifecycleWarning', () => {
  it('says since when, until when, and what instead', () => {
    expect(lifecycleWarning('sampling')).toBe(
      'Sampling: deprecated since 2026-07-28. Earliest removal: the first revision on or after 2027-07-28. Integrate directly with LLM provider APIs.',
    );
    expect(lifecycleWarning('http-sse')).toBe(
      'HTTP+SSE transport: deprecated since 2025-03-26. Three months after SEP-2596 reaches Final. Use Streamable HTTP.',
    );
    expect(lifecycleWarning('ping')).toBe('ping: removed in 2026-07-28. Call server/discover.');
    expect(lifecycleWarning('elicitation')).toBeUndefined();
  });
});

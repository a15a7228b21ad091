import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearest } from './nearest.ts';
import { formatPath } from './problem.ts';
import { durationMs, sizeBytes } from './units.ts';

describe('durationMs and sizeBytes', () => {
  it('count in milliseconds and bytes', () => {
    expect(['500ms', '2s', '5m', '1h', 'off', '0s'].map(durationMs)).toEqual([
      500, 2000, 300_000, 3_600_000, 0, 0,
    ]);
    expect(['0B', '512B', '16KiB', '4MiB', '1GiB'].map(sizeBytes)).toEqual([
      0, 512, 16384, 4194304, 1073741824,
    ]);
  });

  it('refuse what has no unit, or another', () => {
    for (const text of ['', '5', '5d', '1.5s', '-1s', ' 1s', '1S', '12345678901s'])
      expect(() => durationMs(text)).toThrow(TypeError);
    for (const text of ['', '5', '4MB', '4mib', 'off']) expect(() => sizeBytes(text)).toThrow(TypeError);
  });
});

describe('nearest', () => {
  const known = ['listen', 'servers', 'allowedHosts', 'limits', 'drain', 'maxEject', 'replicas'];
  it('finds what was meant', () => {
    const meant = {
      lisen: 'listen',
      Server: 'servers',
      allowed_hosts: 'allowedHosts',
      allowedHost: 'allowedHosts',
      max_eject: 'maxEject',
      repilcas: 'replicas',
    };
    for (const [word, wanted] of Object.entries(meant)) expect(nearest(word, known)).toBe(wanted);
  });

  it('does not guess wildly', () => {
    for (const word of ['', 'x', 'zzzzzz', 'timeout', 'a'.repeat(10_000)])
      expect(nearest(word, known)).toBeUndefined();
  });

  it('finds every word itself, and always one of the list', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-z]{4,12}$/), { minLength: 1 }),
        fc.string(),
        (words, word) => {
          expect(nearest(words[0] ?? '', words)).toBe(words[0]);
          const found = nearest(word, words);
          expect(found === undefined || words.includes(found)).toBe(true);
        },
      ),
    );
  });
});

describe('formatPath', () => {
  it('writes a path as one would', () => {
    expect(formatPath([])).toBe('the configuration');
    expect(formatPath(['servers', 'my-server', 'replicas', 0])).toBe('servers.my-server.replicas[0]');
    expect(formatPath(['servers', 'a.b', 'path'])).toBe('servers["a.b"].path');
  });
});

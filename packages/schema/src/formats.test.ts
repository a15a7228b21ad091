import { describe, expect, it } from 'vitest';
import { FORMATS } from './evaluate/formats.ts';

const SAMPLES: Readonly<Record<string, { good: readonly string[]; bad: readonly string[] }>> = {
  date: { good: ['2024-02-29'], bad: ['2023-02-29', '2024-1-1', '2024-02-29\n', '24-02-29'] },
  time: { good: ['23:59:60Z', '08:30:06.283+05:30'], bad: ['08:30:06', '24:00:00Z', '08:60:00Z'] },
  'date-time': {
    good: ['2026-07-28T10:00:00Z', '2026-07-28t10:00:00.5+02:00'],
    bad: ['2026-07-28', '2026-07-28T10:00:00'],
  },
  duration: { good: ['P3Y6M4DT12H30M5S', 'P2W'], bad: ['P', 'PT', '3D', 'P1'] },
  email: {
    good: ['a@example.com', 'first.last+tag@sub.example.org'],
    bad: ['a', '@b.co', 'a@', 'a b@c.de', '.a@b.co'],
  },
  hostname: {
    good: ['example.com', 'xn--nxasmq6b.example'],
    bad: ['-a.com', 'a_b.com', 'a..b', `${'a'.repeat(64)}.com`],
  },
  ipv4: { good: ['192.168.0.1'], bad: ['256.0.0.1', '1.2.3', '01.2.3.4', '1.2.3.4.5'] },
  ipv6: {
    good: ['::1', '2001:db8::ff00:42:8329', '::ffff:1.2.3.4'],
    bad: ['1::2::3', '12345::', 'fe80::1%eth0'],
  },
  uri: {
    good: ['https://example.com/a?b#c', 'urn:isbn:1', 'mailto:a@b.co'],
    bad: ['/relative', 'http://a b', '//host/path'],
  },
  'uri-reference': { good: ['/a/b?c', '#here', 'https://example.com'], bad: ['\\\\host\\a', 'a b'] },
  'uri-template': { good: ['https://example.com/{id}{?page,size}'], bad: ['https://example.com/{id', '{}'] },
  uuid: {
    good: ['2EB8AA08-aa98-11ea-b4aa-73b441d16380'],
    bad: ['2eb8aa08aa9811eab4aa73b441d16380', 'urn:uuid:2eb8aa08-aa98-11ea-b4aa-73b441d16380'],
  },
  'json-pointer': { good: ['', '/a/~0~1/0'], bad: ['a', '/~2', '#/a'] },
  'relative-json-pointer': { good: ['1/a', '0#'], bad: ['/a', '-1/a', '01/a'] },
  regex: { good: ['^a+$', '(?<n>a)'], bad: ['(', '[z-a]'] },
};

describe('formats', () => {
  it('are each sampled here', () => {
    expect(Object.keys(SAMPLES).sort()).toEqual([...FORMATS.keys()].sort());
  });

  it.each(Object.entries(SAMPLES))('%s', (name, { good, bad }) => {
    const matches = (text: string) => FORMATS.get(name)?.(text);
    expect(good.filter((text) => matches(text) !== true)).toEqual([]);
    expect(bad.filter((text) => matches(text) !== false)).toEqual([]);
  });
});

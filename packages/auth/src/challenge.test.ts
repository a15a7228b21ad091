import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatChallenge, parseChallenges } from './challenge.ts';

describe('parseChallenges', () => {
  it.each<[string, readonly object[]]>([
    ['Bearer', [{ scheme: 'bearer', parameters: {} }]],
    ['BEARER Scope="a b"', [{ scheme: 'bearer', parameters: { scope: 'a b' } }]],
    [
      'Basic realm="x, Bearer y=\\"z\\"", Bearer error=invalid_token , scope = "a"',
      [
        { scheme: 'basic', parameters: { realm: 'x, Bearer y="z"' } },
        { scheme: 'bearer', parameters: { error: 'invalid_token', scope: 'a' } },
      ],
    ],
    [
      'Negotiate, DPoP algs="ES256", Bearer resource_metadata=https://a.example/b?c=d',
      [
        { scheme: 'negotiate', parameters: {} },
        { scheme: 'dpop', parameters: { algs: 'ES256' } },
        { scheme: 'bearer', parameters: { resource_metadata: 'https://a.example/b?c=d' } },
      ],
    ],
    ['Bearer scope="a", scope="b"', [{ scheme: 'bearer', parameters: { scope: 'a' } }]],
    ['Bearer scope="a" "rest', [{ scheme: 'bearer', parameters: { scope: 'a' } }]],
    ['Bearer __proto__="a"', [{ scheme: 'bearer', parameters: JSON.parse('{"__proto__":"a"}') }]],
    ['scope="a"', []],
    ['', []],
    [`Bearer scope="${'x'.repeat(9_000)}"`, []],
  ])('reads %s [AUTH-107]', (header, challenges) => {
    expect(JSON.parse(JSON.stringify(parseChallenges(header)))).toEqual(challenges);
  });

  it('reads what formatChallenge writes', () => {
    const value = fc.string({ unit: fc.constantFrom('a', ' ', '"', '\\', ',', '=', '/'), maxLength: 12 });
    fc.assert(
      fc.property(fc.record({ scope: value, error: value }), (parameters) => {
        const [challenge, ...more] = parseChallenges(formatChallenge('Bearer', parameters));
        expect(more).toEqual([]);
        expect({ ...challenge?.parameters }).toEqual(parameters);
      }),
      { numRuns: 200 },
    );
  });

  it('takes no longer than the header is long', () => {
    const started = performance.now();
    for (const part of ['a=', 'a,', '"\\', ', ', 'Bearer ', 'a="b" ']) parseChallenges(part.repeat(1_300));
    expect(performance.now() - started).toBeLessThan(500);
  });
});

it('formatChallenge cannot be made to write further headers', () => {
  expect(formatChallenge('Bearer', { scope: 'a\r\nset-cookie: x', error: undefined })).toBe(
    'Bearer scope="a??set-cookie: x"',
  );
});

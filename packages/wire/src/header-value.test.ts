import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyText } from '../test/text.ts';
import { decodeHeaderValue, encodeHeaderValue, headerValueMatches, plainInteger } from './index.ts';

describe('encodeHeaderValue', () => {
  it.each([
    ['us-west1', 'us-west1'],
    ['Hello, 世界', '=?base64?SGVsbG8sIOS4lueVjA==?='],
    [' padded ', '=?base64?IHBhZGRlZCA=?='],
    ['line1\nline2', '=?base64?bGluZTEKbGluZTI=?='],
    ['=?base64?literal?=', '=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?='],
  ])('writes %j as the specification does', (value, encoded) => {
    expect(encodeHeaderValue(value)).toBe(encoded);
  });

  it.each(['', '\t', 'a\t', '\u007f', '\u0000', 'é', '=?base64?=', 'a\r\nX: y'])('wraps %j', (value) => {
    expect(encodeHeaderValue(value)).toMatch(/^=\?base64\?[A-Za-z0-9+/=]*\?=$/);
    expect(decodeHeaderValue(encodeHeaderValue(value))).toEqual({ ok: true, value });
  });

  it.each(['a b', 'a\tb', '=?base64?x', 'x?=', '=?BASE64?aGk=?=', '~!"'])('leaves %j plain', (value) => {
    expect(encodeHeaderValue(value)).toBe(value);
  });

  it('gives what a field value may be, and back again, for every text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), anyText()), (value) => {
        const encoded = encodeHeaderValue(value);
        expect(new Headers({ x: encoded }).get('x')).toBe(encoded);
        expect(encoded).toMatch(/^[\t\x20-\x7e]+$/);
        expect(decodeHeaderValue(`\t ${encoded} `)).toEqual({ ok: true, value });
        expect(headerValueMatches(encoded, value)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe('decodeHeaderValue', () => {
  it.each([
    ['=?base64?SGVsbG8=?=', 'Hello'],
    ['=?base64?SGVsbG8=', '=?base64?SGVsbG8='],
    ['SGVsbG8=?=', 'SGVsbG8=?='],
    ['=?Base64?SGVsbG8=?=', '=?Base64?SGVsbG8=?='],
    ['=?base64??=', ''],
    ['=?base64?=', '=?base64?='],
    ['  x y\t', 'x y'],
    ['', ''],
    ['=?base64?77u/YQ==?=', '\uFEFFa'],
  ])('reads %j as %j', (raw, value) => {
    expect(decodeHeaderValue(raw)).toEqual({ ok: true, value });
  });

  it.each([
    ['without its padding', '=?base64?SGVsbG8?='],
    ['with other characters', '=?base64?SGVs!!!bG8=?='],
    ['with a blank', '=?base64?SGVs bG8=?='],
    ['in the URL alphabet', '=?base64?-_-_?='],
    ['with bits left over', '=?base64?SGVsbG9=?='],
    ['that is no UTF-8', '=?base64?/w==?='],
    ['of an overlong encoding', '=?base64?wK8=?='],
  ])('refuses Base64 %s', (_, raw) => {
    expect(decodeHeaderValue(raw)).toMatchObject({ ok: false });
  });

  it.each(['caf\u00e9', 'a\u0000b', 'a\nb', 'a\rb', 'a\u007fb', '世'])(
    'refuses the characters of %j',
    (raw) => {
      expect(decodeHeaderValue(raw)).toEqual({ ok: false, reason: 'it contains invalid characters' });
    },
  );

  it('never throws, and reads nothing that would be written otherwise but for plain text', () => {
    const raws = fc.oneof(
      fc.string(),
      fc.base64String().map((payload) => `=?base64?${payload}?=`),
    );
    fc.assert(
      fc.property(raws, (raw) => {
        const decoded = decodeHeaderValue(raw);
        if (!decoded.ok || !raw.startsWith('=?base64?')) return;
        if (encodeHeaderValue(decoded.value).startsWith('=?base64?'))
          expect(encodeHeaderValue(decoded.value)).toBe(raw.trim());
      }),
      { numRuns: 500 },
    );
  });
});

describe('headerValueMatches', () => {
  it.each([
    ['42', 42],
    ['42.0', 42],
    ['42.000', 42],
    ['4.2e1', 42],
    ['4.2E+1', 42],
    ['420e-1', 42],
    ['-7', -7],
    ['0', 0],
    ['-0', 0],
    ['0.0', 0],
    ['0', -0],
    ['=?base64?NDI=?=', 42],
    ['9007199254740991', 9007199254740991],
    ['0.9007199254740991e16', 9007199254740991],
    ['true', true],
    ['false', false],
    ['=?base64?dHJ1ZQ==?=', true],
    ['x', 'x'],
    ['42', '42'],
  ])('%j carries %j', (raw, value) => {
    expect(headerValueMatches(raw, value)).toBe(true);
  });

  it.each([
    ['43', 42],
    ['42.5', 42],
    ['42.0000000000000000001', 42],
    ['042', 42],
    ['+42', 42],
    ['0x2a', 42],
    ['42.', 42],
    ['', 0],
    ['NaN', Number.NaN],
    ['9007199254740993', 9007199254740992],
    ['9007199254740992', 9007199254740991],
    ['9007199254740992', 9007199254740992],
    ['1.5', 1.5],
    ['1e9999999', 1],
    ['1e999', 1],
    [`42.${'0'.repeat(100)}`, 42],
    ['True', true],
    ['1', true],
    ['42.0', '42'],
    ['=?base64?!!?=', '=?base64?!!?='],
  ])('%j does not carry %j', (raw, value) => {
    expect(headerValueMatches(raw, value)).toBe(false);
  });

  it('agrees with exact arithmetic on integers in any notation', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.maxSafeInteger(), fc.nat(5), (sent, got, zeros) => {
        const raw = `${sent}.${'0'.repeat(zeros + 1)}`;
        expect(headerValueMatches(raw, got)).toBe(sent === got);
        expect(headerValueMatches(raw, sent)).toBe(true);
        // JSON writes no number with a leading zero.
        const shifted = sent === 0 ? '0' : `${sent}${'0'.repeat(zeros)}`;
        expect(headerValueMatches(`${shifted}e-${zeros}`, sent)).toBe(true);
      }),
    );
  });
});

describe('plainInteger', () => {
  it.each([
    ['42', '42'],
    ['42.0', '42'],
    ['4.2e1', '42'],
    ['420E-1', '42'],
    ['42e0000', '42'],
    [`42.${'0'.repeat(100)}`, '42'],
    [`42.${'0'.repeat(20)}1`, '42'],
    ['-7.0', '-7'],
    ['-0', '0'],
    ['0.0e9', '0'],
    ['1e21', '1000000000000000000000'],
    ['12345678901234567890', '12345678901234567890'],
  ])('of %j is %j', (text, plain) => {
    expect(plainInteger(text)).toBe(plain);
  });

  it.each(['', 'x', '042', '+42', '42.', '.5', '42.5', '1e999', '0x2a', ' 42', 'NaN', '1_0'])(
    'there is none of %j',
    (text) => {
      expect(plainInteger(text)).toBeUndefined();
    },
  );

  it('is that of the body wherever a header carries an integer', () => {
    const digits = fc.string({ unit: fc.constantFrom('0', '1', '4', '2', '.', 'e', '-', '+'), maxLength: 8 });
    fc.assert(
      fc.property(digits, fc.nat(100), (raw, value) => {
        if (headerValueMatches(raw, value)) expect(plainInteger(raw)).toBe(String(value));
        expect(plainInteger(`${value}.0`)).toBe(String(value));
      }),
    );
  });
});

import { describe, expect, it } from 'vitest';
import {
  ERROR_MEANINGS,
  ERRORS,
  type ErrorName,
  errorObject,
  headerMismatch,
  httpStatusOf,
  internalError,
  invalidParams,
  isReservedErrorCode,
  methodNotFound,
  missingCapability,
  ProtocolError,
  reject,
  rejectionOf,
  unsupportedVersion,
} from './index.ts';

describe('the error table', () => {
  it('is the one of the specification', () => {
    expect(Object.entries(ERRORS).map(([key, { code, httpStatus }]) => [key, code, httpStatus])).toEqual([
      ['ParseError', -32700, 400],
      ['InvalidRequest', -32600, 400],
      ['MethodNotFound', -32601, 404],
      ['InvalidParams', -32602, 200],
      ['InternalError', -32603, 200],
      ['HeaderMismatch', -32020, 400],
      ['MissingRequiredClientCapability', -32021, 400],
      ['UnsupportedProtocolVersion', -32022, 400],
    ]);
    for (const [key, row] of Object.entries(ERRORS)) {
      expect(row.name).toBe(key);
      expect(Object.isFrozen(row)).toBe(true);
      expect(row.message).not.toBe('');
      expect(ERROR_MEANINGS[row.name as ErrorName]).toMatch(/^[A-Z].*\.$/); // the table's own key
    }
  });

  it('gives every other code HTTP 200', () => {
    expect(httpStatusOf(-32601)).toBe(404);
    expect(httpStatusOf(-32000)).toBe(200);
    expect(httpStatusOf(42)).toBe(200);
  });
});

describe('reserved codes', () => {
  it.each([-32002, -32042, -32023, -32099])('%d is reserved', (code) => {
    expect(isReservedErrorCode(code)).toBe(true);
    expect(() => new ProtocolError(code, 'x')).toThrow(TypeError);
  });

  it.each([-32700, -32603, -32600, -32000, -32001, -32019, -32020, -32021, -32022, -32100, 0, 1, 404])(
    '%d is not',
    (code) => {
      expect(isReservedErrorCode(code)).toBe(false);
      expect(new ProtocolError(code, 'x').code).toBe(code);
    },
  );

  it.each([1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 60])('%d is no code at all', (code) => {
    expect(() => new ProtocolError(code, 'x')).toThrow(TypeError);
  });
});

describe('the errors a handler throws', () => {
  it('stand for rejections', () => {
    expect(rejectionOf(new ProtocolError(7, 'seven', { why: 1 }))).toEqual({
      status: 200,
      code: 7,
      message: 'seven',
      data: { why: 1 },
    });
    expect(rejectionOf(invalidParams('no such tool'))).toEqual({
      status: 200,
      code: -32602,
      message: 'no such tool',
    });
    expect(rejectionOf(methodNotFound('x/y'))).toEqual({
      status: 404,
      code: -32601,
      message: 'Method not found: x/y',
    });
    expect(rejectionOf(headerMismatch('so'))).toEqual({
      status: 400,
      code: -32020,
      message: 'Header mismatch: so',
    });
    expect(rejectionOf(internalError())).toEqual({ status: 200, code: -32603, message: 'Internal error' });
    expect(invalidParams('x')).toBeInstanceOf(Error);
    expect(invalidParams('x').name).toBe('ProtocolError');
  });

  it('carry the data that the specification asks for', () => {
    const capability = missingCapability({ elicitation: { url: {} }, roots: {} });
    expect(errorObject(rejectionOf(capability))).toEqual({
      code: -32021,
      message: 'This request needs the client capability elicitation.url, roots',
      data: { requiredCapabilities: { elicitation: { url: {} }, roots: {} } },
    });
    expect(errorObject(rejectionOf(unsupportedVersion('1900-01-01', ['2026-07-28'])))).toEqual({
      code: -32022,
      message: 'Unsupported protocol version',
      data: { supported: ['2026-07-28'], requested: '1900-01-01' },
    });
  });

  it('leave out data that is not there', () => {
    expect(errorObject(reject('ParseError'))).toEqual({ code: -32700, message: 'Parse error' });
    expect(errorObject(reject('ParseError', 'x', null))).toEqual({ code: -32700, message: 'x', data: null });
  });
});

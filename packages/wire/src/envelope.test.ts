import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isImplementation, isLoggingLevel, META, readEnvelope } from './index.ts';

const bare = { [META.protocolVersion]: '2026-07-28', [META.clientCapabilities]: {} };

function refusalOf(meta: unknown): string {
  const outcome = readEnvelope({ _meta: meta });
  if (outcome.ok) throw new Error('accepted');
  expect(outcome.rejection).toMatchObject({ code: -32602, status: 400 });
  return outcome.rejection.message;
}

describe('readEnvelope', () => {
  it('reads the least there can be', () => {
    expect(readEnvelope({ _meta: bare })).toEqual({
      ok: true,
      envelope: { protocolVersion: '2026-07-28', clientCapabilities: {} },
    });
  });

  it('reads all there can be', () => {
    const clientInfo = {
      name: 'c',
      version: '1',
      title: 'C',
      icons: [{ src: 'https://x/i.png', sizes: ['any'], theme: 'dark' }],
    };
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01';
    const capabilities = {
      elicitation: { form: {}, url: {} },
      extensions: { 'a.b/c': { x: 1 } },
      roots: { listChanged: true },
      other: 5,
    };
    const outcome = readEnvelope({
      _meta: {
        ...bare,
        [META.clientCapabilities]: capabilities,
        [META.clientInfo]: clientInfo,
        [META.logLevel]: 'notice',
        progressToken: 0,
        traceparent,
        tracestate: 'a=b',
        baggage: 'k=v',
        'com.example/own': null,
      },
    });
    expect(outcome).toEqual({
      ok: true,
      envelope: {
        protocolVersion: '2026-07-28',
        clientCapabilities: capabilities,
        clientInfo,
        logLevel: 'notice',
        progressToken: 0,
        trace: { traceparent, tracestate: 'a=b', baggage: 'k=v' },
      },
    });
  });

  it('does not judge the version', () => {
    expect(readEnvelope({ _meta: { ...bare, [META.protocolVersion]: 'v999' } })).toMatchObject({ ok: true });
  });

  it.each([undefined, {}])('refuses params %j', (params) => {
    expect(readEnvelope(params)).toMatchObject({
      ok: false,
      rejection: { code: -32602, status: 400, message: 'Invalid params: params._meta is missing' },
    });
  });

  it.each([
    ['a _meta that is no object', [], 'params._meta must be an object'],
    ['no version', { [META.clientCapabilities]: {} }, `"${META.protocolVersion}"] is missing`],
    ['a version that is no text', { ...bare, [META.protocolVersion]: 1 }, 'must be a string'],
    ['no capabilities', { [META.protocolVersion]: 'x' }, `"${META.clientCapabilities}"] is missing`],
    ['capabilities in a list', { ...bare, [META.clientCapabilities]: [] }, 'must be an object'],
    [
      'a capability that is no object',
      { ...bare, [META.clientCapabilities]: { sampling: true } },
      '.sampling must be an object',
    ],
    [
      'a null capability',
      { ...bare, [META.clientCapabilities]: { roots: null } },
      '.roots must be an object',
    ],
    [
      'a mode that is no object',
      { ...bare, [META.clientCapabilities]: { elicitation: { url: true } } },
      '["url"] must be an object',
    ],
    [
      'settings in a list',
      { ...bare, [META.clientCapabilities]: { extensions: { 'a/b': [] } } },
      '["a/b"] must be an object',
    ],
    [
      'a client without a version',
      { ...bare, [META.clientInfo]: { name: 'x' } },
      'must hold name and version',
    ],
    ['a client in a text', { ...bare, [META.clientInfo]: 'x' }, 'must hold name and version'],
    ['an unknown log level', { ...bare, [META.logLevel]: 'loud' }, 'must be one of debug, info'],
    ['a log level of another type', { ...bare, [META.logLevel]: 1 }, 'must be one of debug, info'],
    ['a fractional progress token', { ...bare, progressToken: 1.5 }, 'progressToken must be'],
    ['a null progress token', { ...bare, progressToken: null }, 'progressToken must be'],
  ])('refuses %s', (_, meta, message) => {
    expect(refusalOf(meta)).toContain(message);
  });

  it.each([
    { traceparent: 'nonsense', tracestate: 'a=b' },
    { traceparent: 1, baggage: 2 },
    { tracestate: 'a=b' },
    { baggage: 'line\nbreak' },
    { baggage: 'x'.repeat(8193) },
  ])('leaves out the malformed trace context %j', (trace) => {
    const outcome = readEnvelope({ _meta: { ...bare, ...trace } });
    expect(outcome).toMatchObject({ ok: true });
    if (outcome.ok) expect(outcome.envelope).not.toHaveProperty('trace');
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...Object.values(META)), fc.jsonValue()), (meta) => {
        const outcome = readEnvelope({ _meta: meta });
        if (!outcome.ok) expect(outcome.rejection.status).toBe(400);
      }),
      { numRuns: 300 },
    );
  });
});

it.each([
  [{ name: 'a', version: '1' }, true],
  [{ name: 'a', version: '1', websiteUrl: 'https://x', icons: [] }, true],
  [{ name: 'a', version: 1 }, false],
  [{ name: 'a', version: '1', title: 1 }, false],
  [{ name: 'a', version: '1', icons: {} }, false],
  [{ name: 'a', version: '1', icons: [{}] }, false],
  [{ name: 'a', version: '1', icons: [{ src: 'x', theme: 'pink' }] }, false],
  [{ name: 'a', version: '1', icons: [{ src: 'x', sizes: [1] }] }, false],
  [null, false],
])('isImplementation(%j) is %s', (value, expected) => {
  expect(isImplementation(value)).toBe(expected);
});

it('isLoggingLevel knows the eight levels only', () => {
  expect(['debug', 'emergency', 'trace', '', 3, null].map(isLoggingLevel)).toEqual([
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isExtensionId, isMetaKey, isReservedMetaKey, META } from './index.ts';

describe('_meta keys', () => {
  it.each([
    'a',
    'progressToken',
    'a.b_c-d',
    '9',
    'com.example/',
    'com.example/x',
    'com.example/9.z',
    'a/b',
    'a-1.b2/c',
  ])('%j is well formed', (key) => {
    expect(isMetaKey(key)).toBe(true);
  });

  it.each([
    '',
    '/',
    '/a',
    'a/b/c',
    '-a',
    'a-',
    '_a',
    '.a/b',
    'a./b',
    '1a/b',
    'a-/b',
    'a..b/c',
    'ä',
    'a b',
    'a/-b',
    'a/b\n',
  ])('%j is not', (key) => {
    expect(isMetaKey(key)).toBe(false);
    expect(isReservedMetaKey(key)).toBe(false);
  });

  it.each([
    ...Object.values(META),
    'dev.mcp/',
    'org.modelcontextprotocol.api/x',
    'com.mcp.tools/x',
    'io.MCP/x',
  ])('%j is reserved', (key) => {
    expect(isReservedMetaKey(key)).toBe(true);
  });

  it.each(['com.example.mcp/x', 'mcp/x', 'modelcontextprotocol.io/x', 'com.example/mcp', 'mcp', 'trace'])(
    '%j is free',
    (key) => {
      expect(isReservedMetaKey(key)).toBe(false);
    },
  );

  it('take linear time', () => {
    expect(isMetaKey(`${'a-'.repeat(500_000)}/x`)).toBe(false);
    expect(isMetaKey(`a/${'.'.repeat(500_000)}`)).toBe(false);
  });

  it('are well formed when put together by the rules', () => {
    const label = fc.stringMatching(/^[A-Za-z](?:[A-Za-z0-9-]{0,5}[A-Za-z0-9])?$/);
    const name = fc.stringMatching(/^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,5}[A-Za-z0-9])?$/);
    fc.assert(
      fc.property(fc.array(label, { minLength: 1, maxLength: 4 }), name, (labels, last) => {
        expect(isMetaKey(`${labels.join('.')}/${last}`)).toBe(true);
        expect(isExtensionId(`${labels.join('.')}/${last}`)).toBe(true);
        expect(isMetaKey(last)).toBe(true);
      }),
    );
  });
});

describe('extension identifiers', () => {
  it.each(['io.modelcontextprotocol/tasks', 'com.example/my-extension'])('%j is one', (id) => {
    expect(isExtensionId(id)).toBe(true);
  });

  it.each(['tasks', 'com.example/', '/tasks', 'com.example/a/b', ''])('%j is none', (id) => {
    expect(isExtensionId(id)).toBe(false);
  });
});

import { describe, expect, it } from 'vitest';
import { corsRequestHeaders } from './cors.ts';

describe('the request headers that a page may set', () => {
  const own = corsRequestHeaders(undefined);

  it('are those of the protocol, of authorization and of tracing', () => {
    expect(own).toEqual(
      expect.arrayContaining(['mcp-method', 'mcp-name', 'authorization', 'dpop', 'baggage']),
    );
  });

  it('are the arguments that a tool wants repeated, too', () => {
    expect(corsRequestHeaders(' Mcp-Param-Region, content-type,mcp-param-x ')).toEqual([
      ...own,
      'mcp-param-region',
      'mcp-param-x',
    ]);
  });

  it.each(['cookie', 'x-forwarded-for', 'mcp-param-', 'mcp-param-a b', 'mcp-param-a\r\nx: y', '*'])(
    'are not %j',
    (requested) => {
      expect(corsRequestHeaders(requested)).toEqual(own);
    },
  );

  it('are bounded', () => {
    const many = Array.from({ length: 1000 }, (_, index) => `mcp-param-${index}`).join(',');
    expect(corsRequestHeaders(many).length).toBeLessThan(100);
  });
});

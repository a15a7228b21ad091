import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readHead } from './head.ts';

const TCHAR = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const fieldName = fc.string({ unit: fc.constantFrom(...TCHAR), minLength: 1, maxLength: 20 });
const special = fc.constantFrom(
  ...[
    'Host',
    'ORIGIN',
    'content-type',
    'Content-Length',
    'Mcp-Method',
    'mcp-name',
    'MCP-Protocol-Version',
    'Connection',
  ],
  ...[
    'Transfer-Encoding',
    'cookie',
    'Mcp_Method',
    'x-forwarded-for',
    'X_Real_IP',
    'Mcp-Param-A',
    'TE',
    'via',
    'Expect',
  ],
);
const fieldValue = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', ',', ' ', '"', '=', 'é', '1'), maxLength: 12 }),
  fc.constantFrom(
    'keep-alive',
    'close',
    'close, Mcp-Method',
    'content-type, x-a',
    'x-a,, X-B ,Mcp-Param-A',
    '5',
  ),
);
const rawHeaders = fc
  .array(fc.tuple(fc.oneof(fieldName, special), fieldValue), { maxLength: 20 })
  .map((lines) => lines.flat());

const pairs = (flat: readonly string[]) =>
  Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i] ?? '', flat[2 * i + 1] ?? ''] as const);

describe('readHead', () => {
  it('whatever comes: nothing of the connection, of cookies or of the way here goes on', () => {
    const never =
      /^(host|origin|connection|keep-alive|te|trailer|transfer-encoding|upgrade|expect|proxy-.*|cookie|forwarded|x-forwarded-.*|x-real-ip|mcp-session-id|last-event-id|authorization|via)$/;
    fc.assert(
      fc.property(rawHeaders, (raw) => {
        for (const [name] of pairs(readHead(raw).outbound)) {
          expect(name).toBe(name.toLowerCase());
          expect(name.replaceAll('_', '-')).not.toMatch(
            name.includes('_') ? /^(mcp-method|x-real-ip)$/ : never,
          );
        }
      }),
    );
  });

  it('whatever comes: what the gateway decides on is what the server gets, once', () => {
    fc.assert(
      fc.property(rawHeaders, (raw) => {
        const head = readHead(raw);
        if (head.repeated !== undefined) return;
        const sent = pairs(head.outbound);
        const decided = {
          'mcp-method': head.method,
          'mcp-name': head.name,
          'mcp-protocol-version': head.version,
          'content-type': head.contentType,
        };
        for (const [name, value] of Object.entries(decided)) {
          expect(sent.filter(([key]) => key === name).map(([, got]) => got)).toEqual(
            value === undefined ? [] : [value],
          );
        }
      }),
    );
  });

  it('whatever comes: every other header goes on as it came, unless Connection names it', () => {
    fc.assert(
      fc.property(rawHeaders, fc.stringMatching(/^x-[a-z]{3,8}$/), fieldValue, (raw, name, value) => {
        const named = pairs(raw).some(
          ([key, list]) => key.toLowerCase() === 'connection' && list.toLowerCase().includes(name),
        );
        const sent = pairs(readHead([...raw, name, value]).outbound);
        if (!named) expect(sent.at(-1)).toEqual([name, value]);
      }),
    );
  });

  it('lets Connection name no header that says what the message is', () => {
    const head = readHead([
      'Connection',
      'mcp-method, Mcp-Param-A, content-type, X-Gone',
      'Mcp-Method',
      'm',
      'mcp-param-a',
      'p',
      'Content-Type',
      't',
      'x-gone',
      '1',
    ]);
    expect(head.outbound).toEqual(['mcp-method', 'm', 'mcp-param-a', 'p', 'content-type', 't']);
  });

  it('joins lists and notices what stands twice', () => {
    expect(readHead(['Via', '1.1 a', 'via', '1.1 b']).via).toBe('1.1 a, 1.1 b');
    expect(readHead(['Mcp-Name', 'a', 'mcp-NAME', 'b']).repeated).toBe('mcp-name');
    expect(readHead(['Host', 'a', 'host', 'a']).repeated).toBe('host');
    expect(readHead(['Mcp-Param-A', '1', 'mcp-param-a', '1']).repeated).toBe('mcp-param-a');
    expect(readHead(['x', 'mcp-param-a', 'Mcp-Param-A', '1', 'Mcp-Param-B', '1']).repeated).toBeUndefined();
    expect(readHead(['x', '1', 'x', '2']).repeated).toBeUndefined();
  });
});

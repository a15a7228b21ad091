import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exchangeBytes, gatewayTo, post, upstream } from '../test/support.ts';
import { REFUSALS } from './index.ts';

/** The gateway's own, and those that Node answers before the gateway is asked. */
const STATUSES = new Set([200, 408, 417, ...Object.values(REFUSALS).map(({ status }) => status)]);
const BODY = '{"jsonrpc":"2.0","id":1,"method":"tools/list"}';
const BASE: readonly (readonly [string, string])[] = [
  ['Host', 'localhost'],
  ['Content-Type', 'application/json'],
  ['MCP-Protocol-Version', '2026-07-28'],
  ['Mcp-Method', 'tools/list'],
  ['Content-Length', String(BODY.length)],
];

const latin1 = fc.string({
  unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
  maxLength: 24,
});
const name = fc.oneof(
  fc.constantFrom(
    'Host',
    'Origin',
    'Mcp-Method',
    'Mcp-Name',
    'MCP-Protocol-Version',
    'Mcp-Param-X',
    'Mcp_Method',
    'Connection',
  ),
  fc.constantFrom(
    'Content-Length',
    'Transfer-Encoding',
    'Content-Type',
    'Expect',
    'Upgrade',
    'TE',
    'Via',
    'X-Forwarded-For',
  ),
  fc.stringMatching(/^[A-Za-z][\w.-]{0,12}$/),
  latin1,
);
const value = fc.oneof(
  fc.constantFrom(
    'tools/call',
    '2026-07-28',
    'chunked',
    'close',
    'mcp-method',
    '=?base64?w7w=?=',
    '100-continue',
    'localhost',
    '0',
    'h2c',
  ),
  fc.stringMatching(/^[\x20-\x7e]{0,20}$/),
  latin1,
);
const lines = fc.array(fc.tuple(name, value), { minLength: 1, maxLength: 4 });
/** Mostly whole, so that what is fuzzed decides. */
const kept = fc.oneof(
  { weight: 5, arbitrary: fc.constant([...BASE]) },
  { weight: 1, arbitrary: fc.subarray([...BASE], { minLength: 3 }) },
);

describe('whatever bytes a client sends', () => {
  it('the answer is one HTTP response of the table or the server, and both saw the same request', async () => {
    const up = await upstream((req, res) => {
      req.resume();
      res.end('{}');
    });
    const { port, url, gateway } = await gatewayTo(
      [up.url],
      {},
      { limits: { headerTime: '500ms', requestTime: '500ms' } },
    );
    let passed = 0;
    await fc.assert(
      fc.asyncProperty(kept, lines, async (base, extra) => {
        up.seen.length = 0;
        const all = [...base, ...extra, ['Connection', 'close'] as const];
        const head = all.map(([key, text]) => `${key}: ${text}\r\n`).join('');
        const got = await exchangeBytes(
          port,
          Buffer.from(`POST /mcp HTTP/1.1\r\n${head}\r\n${BODY}`, 'latin1'),
        );
        const final = got.replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, '');
        const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(final)?.[1]);
        expect(STATUSES.has(status), JSON.stringify(got)).toBe(true);
        expect(up.seen.length).toBeLessThanOrEqual(1);
        const [seen] = up.seen;
        expect(seen !== undefined || status !== 200).toBe(true);
        if (seen === undefined) return;
        const names = seen.rawHeaders.filter((_, i) => i % 2 === 0);
        expect(names.filter((text) => text.toLowerCase() === 'mcp-method')).toHaveLength(1);
        expect(seen.headers['mcp-protocol-version']).toBe('2026-07-28');
        expect(seen.headers.host).toBe(new URL(up.url).host);
        expect(seen.headers).not.toHaveProperty('mcp_method');
        expect(BODY.startsWith(seen.body ?? '')).toBe(true);
        if (status === 200) passed += 1;
      }),
      { numRuns: 300 },
    );
    expect(passed).toBeGreaterThan(10);
    expect((await post(url)).status).toBe(200);
    expect(gateway.stats().inFlight).toBe(0);
  }, 60_000);
});

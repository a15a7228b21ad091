import { createClient } from '@switchyard/client';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { scripted } from '../scripted.ts';

const fetched = vi.spyOn(globalThis, 'fetch');

afterEach(() => fetched.mockClear());

/** Calls a tool with an output schema. */
async function callWith(outputSchema: object, structuredContent: unknown) {
  const tools = [{ name: 't', inputSchema: { type: 'object' }, outputSchema }];
  const { link } = scripted(({ method }) =>
    method === 'tools/list' ? { tools } : { content: [], structuredContent },
  );
  const warnings: string[] = [];
  const client = createClient({ link, onWarning: (text) => warnings.push(text) });
  await client.listTools();
  const outcome = await client.callTool('t').then(
    () => 'accepted',
    (error: { code: unknown }) => error.code,
  );
  return { outcome, warnings };
}

describe('a schema of the server', () => {
  it('is read as 2020-12 where it names no dialect, and as what it names [BASE-061] [BASE-062] [TOOL-023]', async () => {
    // A tuple is written with prefixItems in 2020-12, and with items in draft-07.
    const tuple = { type: 'array', prefixItems: [{ type: 'string' }] };
    expect((await callWith(tuple, ['a'])).outcome).toBe('accepted');
    expect((await callWith(tuple, [1])).outcome).toBe('invalid-response');
    const $schema = 'http://json-schema.org/draft-07/schema#';
    expect((await callWith({ ...tuple, $schema }, [1])).outcome).toBe('accepted');
    const older = { $schema, type: 'array', items: [{ type: 'string' }] };
    expect((await callWith(older, [1])).outcome).toBe('invalid-response');
  });

  it('of a dialect that is not supported is left aside, and named [BASE-063]', async () => {
    const $schema = 'http://json-schema.org/draft-04/schema#';
    const { outcome, warnings } = await callWith({ $schema, type: 'string' }, 1);
    expect(outcome).toBe('accepted');
    expect(warnings).toEqual([expect.stringContaining('draft-04')]);
  });

  it.each(['https://example.com/s.json', 'http://127.0.0.1:1/s.json', '//example.com/s.json'])(
    'is left aside where it refers to %s, which is not fetched [BASE-064] [BASE-065]',
    async ($ref) => {
      const { outcome, warnings } = await callWith({ type: 'object', properties: { a: { $ref } } }, { a: 1 });
      expect(outcome).toBe('accepted');
      expect(warnings).toEqual([expect.stringContaining('"t"')]);
      expect(fetched).not.toHaveBeenCalled();
    },
  );

  it('is left aside where it is too deep or too large, and not run without end [BASE-066]', async () => {
    let deep: object = { type: 'string' };
    for (let i = 0; i < 2_000; i += 1) deep = { not: deep };
    const wide = { anyOf: Array.from({ length: 50_000 }, () => ({ type: 'string' })) };
    for (const schema of [deep, wide]) {
      const { outcome, warnings } = await callWith(schema, 1);
      expect([outcome, warnings.length]).toEqual(['accepted', 1]);
    }
    const level = (n: number) => ({ anyOf: [{ $ref: `#/$defs/d${n}` }, { $ref: `#/$defs/d${n}` }] });
    const $defs = Object.fromEntries(
      Array.from({ length: 40 }, (_, n) => [`d${n}`, n === 39 ? { type: 'string' } : level(n + 1)]),
    );
    const started = performance.now();
    const { outcome, warnings } = await callWith({ ...level(0), $defs }, 1);
    expect(performance.now() - started).toBeLessThan(10_000);
    // It was given up, or found out not to fit; it was not taken for fitting without a word.
    expect(outcome === 'invalid-response' || warnings.length === 1).toBe(true);
  });
});

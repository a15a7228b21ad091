import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { answering, gatewayTo, post, upstream } from '../../test/support.ts';
import type { GatewayConfig } from '../config/config.ts';
import { openTrail } from './open-trail.ts';

// biome-ignore lint/suspicious/noExplicitAny: whatever a test looks for in a record.
type Entry = any;

/** Sends requests through an audited gateway, closes it, and gives its records of requests and what it has logged. */
async function recorded(
  replica: string,
  audit: GatewayConfig['audit'],
  requests: (url: string) => Promise<unknown>,
): Promise<{ readonly entries: readonly Entry[]; readonly events: readonly string[] }> {
  const folder = mkdtempSync(path.join(tmpdir(), 'switchyard-audit-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const store = `sqlite:${path.join(folder, 'audit.db')}`;
  const { gateway, url, events } = await gatewayTo([replica], {}, { store, ...(audit && { audit }) });
  await requests(url);
  await gateway.close({ timeoutMs: 100 });
  const trail = openTrail(store, { env: {} });
  const [chain = ''] = await trail.audit.chains();
  const rows = await trail.audit.read(chain, 0, 1000);
  await trail.close();
  const entries = rows.map(({ body }) => JSON.parse(body)).filter(({ event }: Entry) => event === 'request');
  return { entries, events: events.map(({ type }) => type) };
}

const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

/** A call of a tool with those arguments, as JSON. */
const call = (name: string, args: string) =>
  `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"${name}","arguments":${args}}}`;

describe('the record of what means harm', () => {
  it.each([
    ['cannot become a text', '{"toString":1,"valueOf":1}'],
    ['is nested without end', nested(30_000)],
  ])('has every call, whoever lists a tool whose name %s', async (_, name) => {
    const { url } = await upstream((req, res) => {
      if (req.headers['mcp-method'] !== 'tools/list') return answering()(req, res);
      res.setHeader('content-type', 'application/json');
      res.end(`{"jsonrpc":"2.0","id":1,"result":{"resultType":"complete","tools":[{"name":${name}}]}}`);
    });
    const { entries, events } = await recorded(url, {}, (gateway) =>
      Promise.all([
        ...['a', 'b', 'c'].map((tool) => post(gateway, { name: tool })),
        post(gateway, { method: 'tools/list' }),
        ...['d', 'e', 'f'].map((tool) => post(gateway, { name: tool })),
      ]),
    );
    expect(entries.map(({ what }) => what.name ?? what.method).sort()).toEqual([
      'a',
      'b',
      'c',
      'd',
      'e',
      'f',
      'tools/list',
    ]);
    expect(events).not.toContain('audit-failing');
  });

  it.each([
    [1200, 'deeper than SQLite can look into'],
    [100_000, 'deeper than JavaScript can write'],
  ])('goes on, without contents that are nested %i deep: %s', async (depth) => {
    const { url } = await upstream(answering());
    const audit = { contents: 'requests', contentBytes: '1MiB' } as const;
    const { entries, events } = await recorded(url, audit, async (gateway) => {
      await post(gateway, { name: 'deep', body: call('deep', `{"x":${nested(depth)}}`) });
      await post(gateway, { name: 'after' });
    });
    expect(entries.map(({ what }) => what.name)).toEqual(['deep', 'after']);
    expect(entries[0].request).toMatchObject({ sha256: expect.any(String), omitted: 'too-deep' });
    expect(entries[1].request.content).toMatchObject({ params: { name: 'after' } });
    expect(events).not.toContain('audit-failing');
  });

  it('has contents that are full of escapes as soon as any others', async () => {
    const { url } = await upstream(answering());
    const text = `${'\\\\'.repeat(200_000)}\\u0000`;
    const { entries } = await recorded(url, { contents: 'requests', contentBytes: '1MiB' }, (gateway) =>
      post(gateway, { name: 'escapes', body: call('escapes', `{"x":"${text}"}`) }),
    );
    expect(entries[0].request.content.params.arguments.x).toBe(`${'\\'.repeat(200_000)}\ufffd`);
  });
});

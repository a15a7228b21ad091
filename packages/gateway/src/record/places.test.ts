import { mkdtempSync, rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { post, startGateway, upstream } from '../../test/support.ts';
import { until } from '../../test/until.ts';
import type { GatewayConfig } from '../config/config.ts';
import { openTrail } from './open-trail.ts';

interface Case {
  readonly why: string;
  readonly audit: GatewayConfig['audit'];
  /** How many are let in by each of two plans. */
  readonly each: number;
  /** What each is answered with. */
  readonly bytes: number;
}

const CASES: readonly Case[] = [
  {
    ...{ why: 'with contents beyond all bounds', each: 40, bytes: 900_000 },
    audit: { contents: 'all', contentBytes: '1MiB' },
  },
  { why: 'on two plans', each: 80, bytes: 10, audit: {} },
];

it.each(CASES)('whoever is let in has a place on record, also where the store is slow: $why', async (one) => {
  const { each, bytes } = one;
  const folder = mkdtempSync(path.join(tmpdir(), 'switchyard-places-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'audit.db');
  const held: ServerResponse[] = [];
  const { url: replica } = await upstream((_, res) => void held.push(res));
  const config = (retries: number): GatewayConfig => ({
    listen: { port: 0 },
    store: `sqlite:${file}`,
    audit: { queue: 100, ...one.audit },
    servers: { s: { path: '/mcp', replicas: [replica], retries } },
  });
  const { url, gateway, events } = await startGateway(config(0));
  const answers = Array.from({ length: each }, () => post(url));
  await until(() => held.length === each);
  gateway.reload(config(1));
  answers.push(...Array.from({ length: each }, () => post(url)));
  await until(() => held.length === 2 * each);
  const { default: Database } = await import('libsql');
  const other = new Database(file);
  other.exec('BEGIN IMMEDIATE');
  const result = `{"jsonrpc":"2.0","id":1,"result":{"resultType":"complete","pad":"${'x'.repeat(bytes)}"}}`;
  for (const res of held) res.writeHead(200, { 'content-type': 'application/json' }).end(result);
  await Promise.all(answers);
  await until(() => gateway.stats().inFlight === 0);
  other.exec('COMMIT');
  other.close();
  // Where all this has taken longer than the store is waited for, it is tried again.
  const failing = () => events.findLast(({ type }) => type.startsWith('audit-'))?.type === 'audit-failing';
  await until(() => !failing());
  await gateway.close();
  const trail = openTrail(`sqlite:${file}`, { env: {} });
  const [chain = ''] = await trail.audit.chains();
  const said = (await trail.audit.read(chain, 0, 1000)).map(({ body }) => JSON.parse(body).event);
  await trail.close();
  expect(said.filter((event) => event === 'request')).toHaveLength(2 * each);
  expect(said).not.toContain('lost');
});

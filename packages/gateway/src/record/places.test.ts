import { mkdtempSync, rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { post, startGateway, upstream } from '../../test/support.ts';
import { until } from '../../test/until.ts';
import type { GatewayConfig } from '../config/config.ts';
import { openTrail } from './open-trail.ts';

it.each<[GatewayConfig['audit'], string]>([
  [{ contents: 'all', contentBytes: '1MiB' }, 'with contents beyond all bounds'],
  [{}, 'on two plans'],
])('whoever is let in has a place on record, also where the store is slow: %o, %s', async (more, _why) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'switchyard-places-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'audit.db');
  const held: ServerResponse[] = [];
  const { url: replica } = await upstream((_, res) => void held.push(res));
  const config = (retries: number): GatewayConfig => ({
    listen: { port: 0 },
    store: `sqlite:${file}`,
    audit: { queue: 100, ...more },
    servers: { s: { path: '/mcp', replicas: [replica], retries } },
  });
  const { url, gateway, events } = await startGateway(config(0));
  const answers = Array.from({ length: 80 }, () => post(url));
  await until(() => held.length === 80);
  gateway.reload(config(1));
  answers.push(...Array.from({ length: 80 }, () => post(url)));
  await until(() => held.length === 160);
  const { default: Database } = await import('libsql');
  const other = new Database(file);
  other.exec('BEGIN IMMEDIATE');
  const result = `{"jsonrpc":"2.0","id":1,"result":{"resultType":"complete","pad":"${'x'.repeat(900_000)}"}}`;
  for (const res of held) res.writeHead(200, { 'content-type': 'application/json' }).end(result);
  await Promise.all(answers);
  await until(() => gateway.stats().inFlight === 0);
  other.exec('COMMIT');
  other.close();
  await gateway.close();
  expect(events.map(({ type }) => type)).not.toContain('audit-failing');
  const trail = openTrail(`sqlite:${file}`, { env: {} });
  const [chain = ''] = await trail.audit.chains();
  const said = (await trail.audit.read(chain, 0, 1000)).map(({ body }) => JSON.parse(body).event);
  await trail.close();
  expect(said.filter((event) => event === 'request')).toHaveLength(160);
  expect(said).not.toContain('lost');
});

import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { mintApiKey } from '@switchyard/gateway';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { NO_REDIS, type OwnRedis, ownRedis } from '../../../packages/gateway/test/redis.ts';
import { run } from '../../start/support/command.ts';
import { NO_POSTGRES, testDatabase } from '../../support/postgres.ts';
import { type CutProxy, cutProxy } from './cut.ts';
import { type Fleet, SERVER_NAMES, startFleet } from './fleet.ts';
import { expectLedgerOf } from './ledger.ts';
import { type Load, type Made, startLoad } from './load.ts';
import { killAll } from './process.ts';

/** How many calls a minute `limited` may make, on all gateways together. */
const LIMIT = 10;

/** How often everything is lost in turn; `npm run chaos` does it more often. */
const ROUNDS = Number(process.env['CHAOS_ROUNDS'] ?? 1);

/** It concerns a server that only `limited` calls. */
const QUOTA = {
  name: 'limited',
  per: ['caller'],
  servers: ['gamma'],
  tools: ['write'],
  limit: LIMIT,
  onStateLoss: 'deny',
};

/** What readers may not do. */
const READER_WRITES =
  'request.method == "tools/call" && request.name == "write" && caller.subject == "reader"';

const keys = Object.fromEntries(['writer', 'reader', 'limited'].map((name) => [name, mintApiKey({ name })]));
const headersOf = (name: string) => ({ authorization: `Bearer ${keys[name]?.key ?? ''}` });

interface Governed {
  readonly fleet: Fleet;
  readonly redis: OwnRedis;
  /** The way of the gateways to PostgreSQL. */
  readonly store: CutProxy;
}

/** Starts all of it; it ends with the test. A text says why it cannot be. */
async function govern(): Promise<Governed | string> {
  const redis = await ownRedis();
  if (redis === undefined) return NO_REDIS;
  const database = await testDatabase();
  if (database === undefined) return NO_POSTGRES;
  onTestFinished(() => database.close());
  const url = new URL(database.url);
  const store = await cutProxy(Number(url.port), url.hostname);
  url.port = String(store.port);
  onTestFinished(() => store.close());
  const schema = database.schema();
  const config = {
    state: redis.url,
    store: { url: url.href, schema },
    identify: { keys: Object.values(keys).map(({ entry }) => entry) },
    quotas: [QUOTA],
    policy: { default: 'allow', rules: [{ name: 'readers-look', effect: 'deny', when: READER_WRITES }] },
    audit: { onLoss: 'deny', writeAhead: true },
  };
  const lines = Object.entries(config).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  const fleet = await startFleet(() => lines.join('\n'));
  if (typeof fleet === 'string') return fleet;
  onTestFinished(async () => {
    await killAll();
    fleet.dispose();
  });
  return { fleet, redis, store };
}

/** Lets so many more calls end. */
async function calls(load: Load, count: number): Promise<void> {
  const until = load.count() + count;
  await vi.waitFor(() => expect(load.count()).toBeGreaterThan(until), 30_000);
}

describe('a governed fleet: identity, quotas in Redis, policy, audit in PostgreSQL', () => {
  test('loses, doubles and wrongly permits nothing while gateways die and engines are lost', {
    timeout: 120_000 * ROUNDS,
  }, async ({ skip }) => {
    const made = await govern();
    if (typeof made === 'string') return skip(made);
    const { fleet, redis, store } = made;
    const [alpha = '', beta = '', gamma = ''] = SERVER_NAMES.map(fleet.url);
    const begun = Date.now();
    const loads = {
      writer: startLoad({ urls: [alpha, beta], width: 8, label: 'writer', headers: headersOf('writer') }),
      reader: startLoad({ urls: [alpha, gamma], width: 2, label: 'reader', headers: headersOf('reader') }),
      limited: startLoad({
        urls: [gamma],
        width: 2,
        label: 'limited',
        headers: headersOf('limited'),
        retries: 0,
      }),
    };
    for (let round = 0; round < ROUNDS; round += 1) {
      const gateway = fleet.gateways[round % fleet.gateways.length];
      const server = fleet.servers[(3 + round) % fleet.servers.length];
      if (gateway === undefined || server === undefined) throw new Error('the fleet has no members');
      await calls(loads.writer, 100);
      gateway.process.signal('SIGKILL');
      await gateway.process.ended;
      await gateway.start();
      await calls(loads.writer, 100);
      await redis.kill();
      await calls(loads.writer, 100);
      await redis.restart();
      store.cut();
      server.process.signal('SIGKILL');
      await server.process.ended;
      store.mend();
      await server.start();
    }
    await calls(loads.writer, 100);
    const writer = await loads.writer.stop();
    const reader = await loads.reader.stop();
    const limited = await loads.limited.stop();

    const executions = fleet.executions();
    const of = (label: string) => executions.filter(({ call }) => call.startsWith(`${label}-`));
    expectLedgerOf(writer, of('writer'));
    expect(writer.filter(({ outcome }) => outcome === 'answered').length).toBeGreaterThan(
      writer.length * 0.9,
    );
    expect(of('reader')).toEqual([]);
    const looked = reader.filter(({ tool }) => tool === 'look');
    expect(looked.length).toBeGreaterThan(0);
    expect(looked.filter(({ outcome }) => outcome !== 'answered')).toEqual([]);
    const minutes = (Date.now() - begun) / 60_000;
    // Redis comes back empty each time: from then on the bucket is full once more.
    const allowed = Math.ceil(LIMIT * (1 + ROUNDS + minutes));
    expect(of('limited').length).toBeGreaterThan(0);
    expect(of('limited').length).toBeLessThanOrEqual(allowed);
    expectLedgerOf(
      limited.filter(({ tool }) => tool === 'write'),
      of('limited'),
    );

    const trail = path.join(fleet.folder, 'gateway-1.yaml');
    const verified = await run(['audit', 'verify', trail]);
    expect(verified, verified.out + verified.err).toMatchObject({ code: 0 });
    // What a gateway was about to send is on record before it is sent, and so whatever ran is, killed gateways or not.
    for (const label of ['writer', 'limited']) {
      const written = ['--event', 'intent', '--subject', label, '--name', 'write'];
      const { out, err } = await run(['audit', 'query', trail, ...written, '--limit', '100000', '--json']);
      expect(out.split('\n').length - 1, err).toBeGreaterThanOrEqual(of(label).length);
    }
    report(
      { writer, reader, limited },
      { executions: executions.length, ran: of('limited').length, allowed },
    );
  });
});

/** Appends what happened to the file that the long form asks for. */
function report(
  loads: Readonly<Record<string, readonly Made[]>>,
  more: Readonly<Record<string, number>>,
): void {
  const file = process.env['CHAOS_REPORT'];
  if (file === undefined) return;
  const counted = Object.entries(loads).map(([name, made]) => {
    const of = (outcome: Made['outcome']) => made.filter((one) => one.outcome === outcome).length;
    const figures = { answered: of('answered'), refused: of('refused'), unknown: of('unknown') };
    return [name, { calls: made.length, ...figures }] as const;
  });
  const line = { gateways: { rounds: ROUNDS, ...Object.fromEntries(counted), ...more } };
  appendFileSync(file, `${JSON.stringify(line)}\n`);
}

import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Fleet, type Member, SERVER_NAMES, startFleet } from './fleet.ts';
import { expectLedgerOf } from './ledger.ts';
import { type Load, startLoad } from './load.ts';
import { killAll } from './process.ts';

let fleet: Fleet | string;

beforeAll(async () => {
  fleet = await startFleet();
}, 300_000);

afterAll(async () => {
  await killAll();
  if (typeof fleet === 'object') fleet.dispose();
});

/** Lets so many more calls end. */
async function calls(load: Load, count: number): Promise<void> {
  const until = load.count() + count;
  await vi.waitFor(() => expect(load.count()).toBeGreaterThan(until), 20_000);
}

async function restarted(member: Member, signal: NodeJS.Signals): Promise<number | NodeJS.Signals> {
  member.process.signal(signal);
  const how = await member.process.ended;
  await member.start();
  return how;
}

const urlsOf = ({ url }: Fleet) => SERVER_NAMES.map(url);

describe('nginx, three gateways, nine servers', () => {
  test('a rolling restart of gateways and servers loses no call', { timeout: 60_000 }, async ({ skip }) => {
    if (typeof fleet === 'string') return skip(fleet);
    const load = startLoad({ urls: urlsOf(fleet), width: 12, label: 'rolling' });
    await calls(load, 200);
    for (const member of [...fleet.gateways, ...fleet.servers.slice(0, 3)]) {
      expect(await restarted(member, 'SIGTERM')).toBe(0);
      await calls(load, 200);
    }
    const made = await load.stop();
    expect(made.filter(({ outcome }) => outcome !== 'answered')).toEqual([]);
    expectLedgerOf(
      made,
      fleet.executions().filter(({ call }) => call.startsWith('rolling')),
    );
  });

  test('killed gateways and servers lose nothing that was answered and double nothing', {
    timeout: 60_000,
  }, async ({ skip }) => {
    if (typeof fleet === 'string') return skip(fleet);
    const load = startLoad({ urls: urlsOf(fleet), width: 12, label: 'killed' });
    await calls(load, 200);
    const victims = [
      fleet.servers[0],
      fleet.gateways[1],
      fleet.servers[4],
      fleet.servers[8],
      fleet.gateways[2],
    ];
    for (const victim of victims) {
      if (victim === undefined) throw new Error('there is no such member');
      expect(await restarted(victim, 'SIGKILL')).toBe('SIGKILL');
      await calls(load, 150);
    }
    const made = await load.stop();
    expectLedgerOf(
      made,
      fleet.executions().filter(({ call }) => call.startsWith('killed')),
    );
    expect(made.filter(({ outcome }) => outcome === 'answered').length).toBeGreaterThan(made.length * 0.9);
  });
});

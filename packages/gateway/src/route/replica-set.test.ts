import { describe, expect, it } from 'vitest';
import { parseConfig } from '../config/parse.ts';
import { Replica } from './replica.ts';
import { ReplicaSet } from './replica-set.ts';

function setOf(count: number, balance: 'round-robin' | 'least-in-flight', start = 0) {
  const urls = Array.from({ length: count }, (_, i) => `http://127.0.0.1:${i + 1}/`);
  const [server] = parseConfig(`servers: { s: { replicas: [${urls}], health: { failures: 1 } } }`).plan
    .servers;
  if (server === undefined) throw new Error('no server');
  const health = { now: () => 0, random: () => 0, changed: () => {} };
  const context = { health, tls: undefined, process: undefined, lookup: undefined };
  const replicas = server.replicas.map((plan) => new Replica(plan, server, context));
  const set = new ReplicaSet(replicas, balance, start);
  const choose = (tried?: Set<Replica>) => replicas.indexOf(set.choose(tried));
  const eject = (index: number) => replicas[index]?.health.settle('bad', false);
  return { replicas, choose, eject };
}

describe('round robin', () => {
  it('goes round from where it starts', () => {
    const { choose } = setOf(3, 'round-robin', 1);
    expect([choose(), choose(), choose(), choose()]).toEqual([1, 2, 0, 1]);
  });

  it('passes over what is ejected, and shares its turns out', () => {
    const { choose, eject } = setOf(3, 'round-robin');
    eject(1);
    expect([choose(), choose(), choose(), choose()]).toEqual([0, 2, 0, 2]);
  });

  it('takes an ejected one where nothing else is left', () => {
    const { choose, eject } = setOf(2, 'round-robin');
    eject(0);
    eject(1);
    expect([choose(), choose(), choose()]).toEqual([0, 1, 0]);
  });

  it('for a repeat prefers what was not tried: healthy, then ejected, then tried and healthy', () => {
    const { choose, eject, replicas } = setOf(3, 'round-robin');
    const tried = new Set(replicas.slice(0, 1));
    expect(choose(tried)).toBe(1);
    eject(1);
    expect(choose(tried)).toBe(2);
    eject(2);
    expect(choose(tried)).toBe(1);
    expect(choose(new Set(replicas))).toBe(0);
  });
});

describe('least in flight', () => {
  it('takes the least busy, in turn where several are', () => {
    const { choose, replicas } = setOf(3, 'least-in-flight');
    const [a, b, c] = replicas;
    if (!a || !b || !c) throw new Error('no replicas');
    expect([choose(), choose(), choose()]).toEqual([0, 1, 2]);
    [a.inFlight, b.inFlight, c.inFlight] = [2, 1, 1];
    expect([choose(), choose(), choose()]).toEqual([1, 2, 1]);
    c.inFlight = 0;
    expect([choose(), choose()]).toEqual([2, 2]);
  });
});

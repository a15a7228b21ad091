import { expect, test } from 'vitest';
import type { Replica } from './replica.ts';
import { type Clock, type ReplicaEvent, supervise } from './supervise.ts';

/** A clock that is moved by hand. */
class ManualClock implements Clock {
  #now = 0;
  readonly #waits: { until: number; resolve: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  wait(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve();
      signal.addEventListener('abort', () => resolve());
      this.#waits.push({ until: this.#now + ms, resolve });
    });
  }

  async pass(ms: number): Promise<void> {
    await settled();
    this.#now += ms;
    for (const { until, resolve } of this.#waits) if (until <= this.#now) resolve();
    await settled();
  }
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

interface FakeReplica extends Replica {
  die(how: string): void;
  readonly asked: string[];
}

function fakeReplica(pid: number): FakeReplica {
  const asked: string[] = [];
  let die: (how: string) => void = () => undefined;
  const exited = new Promise<string>((resolve) => {
    die = resolve;
  });
  const ask = (what: string) => () => void asked.push(what);
  return {
    pid,
    url: 'http://127.0.0.1:4001/mcp',
    port: 4001,
    exited,
    die,
    asked,
    stop: ask('stop'),
    kill: ask('kill'),
  };
}

function setup(start: (port: number, attempt: number) => Promise<Replica>) {
  const clock = new ManualClock();
  const events: ReplicaEvent[] = [];
  const ports: number[] = [];
  const first = fakeReplica(1);
  const supervised = supervise(first, {
    clock,
    report: (event) => events.push(event),
    start(port) {
      ports.push(port);
      return start(port, ports.length);
    },
  });
  return { clock, events, ports, first, supervised };
}

test('a replica that dies is started again on its port after 100 ms', async () => {
  const second = fakeReplica(2);
  const { clock, events, ports, first, supervised } = setup(async () => second);
  first.die('killed by SIGKILL');
  await clock.pass(99);
  expect(ports).toEqual([]);
  await clock.pass(1);
  expect(ports).toEqual([4001]);
  expect(events).toEqual([{ type: 'returned', how: 'killed by SIGKILL', afterMs: 100, pid: 2 }]);
  expect(supervised.replica).toBe(second);
});

test('each further wait doubles, up to 5 s, and every failure is reported', async () => {
  const { clock, events, first } = setup(async () => {
    throw new Error('port taken');
  });
  first.die('exit code 1');
  const waits = [100, 200, 400, 800, 1600, 3200, 5000, 5000];
  for (const wait of waits) await clock.pass(wait);
  expect(events.map((event) => (event.type === 'not-returned' ? event.nextMs : event))).toEqual([
    ...waits.slice(1),
    5000,
  ]);
  expect(events[0]).toEqual({ type: 'not-returned', how: 'exit code 1', why: 'port taken', nextMs: 200 });
});

test('one that dies soon after its return waits longer; one that ran for long does not', async () => {
  const replicas = [fakeReplica(2), fakeReplica(3)];
  const { clock, ports, first } = setup(async (_port, attempt) => replicas[attempt - 1] ?? fakeReplica(9));
  first.die('x');
  await clock.pass(100);
  replicas[0]?.die('y');
  await clock.pass(199);
  expect(ports).toHaveLength(1);
  await clock.pass(1);
  expect(ports).toHaveLength(2);
  await clock.pass(10_000);
  replicas[1]?.die('z');
  await clock.pass(100);
  expect(ports).toHaveLength(3);
});

test('stopping lets the process drain, and nothing is started again', async () => {
  const { clock, ports, first, supervised } = setup(async () => fakeReplica(2));
  const stopped = supervised.stop(5000);
  await clock.pass(0);
  expect(first.asked).toEqual(['stop']);
  first.die('exit code 0');
  await stopped;
  await clock.pass(10_000);
  expect(ports).toEqual([]);
});

test('one that does not exit in time is killed', async () => {
  const { clock, first, supervised } = setup(async () => fakeReplica(2));
  const stopped = supervised.stop(5000);
  await clock.pass(4999);
  expect(first.asked).toEqual(['stop']);
  await clock.pass(1);
  expect(first.asked).toEqual(['stop', 'kill']);
  first.die('killed by SIGKILL');
  await stopped;
});

test('one that is being started while all is stopped is stopped too', async () => {
  const late = fakeReplica(2);
  let arrive: (replica: Replica) => void = () => undefined;
  const { clock, first, supervised } = setup(
    () =>
      new Promise((resolve) => {
        arrive = resolve;
      }),
  );
  first.die('x');
  await clock.pass(100);
  const stopped = supervised.stop(5000);
  arrive(late);
  await clock.pass(0);
  expect(late.asked).toEqual(['stop']);
  late.die('exit code 0');
  await stopped;
});

test('one that is waiting to be started is not started once all is stopped', async () => {
  const { clock, ports, first, supervised } = setup(async () => fakeReplica(2));
  first.die('x');
  await clock.pass(50);
  await supervised.stop(5000);
  await clock.pass(1000);
  expect(ports).toEqual([]);
});

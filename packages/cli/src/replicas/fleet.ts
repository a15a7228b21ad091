import { setTimeout as delay } from 'node:timers/promises';
import { createGateway, type Gateway } from '@switchyard/gateway';
import { Failure } from '../failure.ts';
import { listenFailure } from '../serve/fronts.ts';
import { type Replica, type ReplicaOptions, startReplica } from './replica.ts';
import { type Clock, type ReplicaEvent, type Supervised, supervise } from './supervise.ts';

/** What a fleet is started with. */
export interface FleetOptions {
  /** Absolute path of the definition. */
  readonly file: string;
  readonly replicas: number;
  /** Where the gateway listens; a loopback address. */
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly watch: boolean;
  /** How long requests in flight get to finish, in seconds. */
  readonly drain: number;
  /** The environment of the replicas; each also gets its number as SWITCHYARD_REPLICA. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Takes lines for people: what replicas write, and what becomes of them. */
  readonly note: (text: string) => void;
  /** How another port is chosen, for the message that says that this one is taken. @default with --port */
  readonly choosePort?: string;
}

/** Replicas behind a gateway, running. */
export interface Fleet {
  /** The endpoint for clients. */
  readonly url: string;
  /** The replicas as they run now, in order. */
  readonly replicas: readonly Pick<Replica, 'pid' | 'url'>[];
  /** Drains the gateway, then the replicas; resolves when all of them have exited. */
  close(): Promise<void>;
}

/** Starts replicas of one definition and a gateway in front of them. Rejects with `Failure`, and leaves nothing running, where either fails. */
export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const supervised = await startAll(options);
  const stopAll = (): Promise<unknown> =>
    Promise.all(supervised.map((one) => one.stop(options.drain * 1000 + GRACE_MS)));
  const gateway = gatewayOf(options, supervised);
  const { url } = await gateway.listen().catch(async (error: unknown) => {
    await stopAll();
    throw listenFailure(error, options, options.choosePort);
  });
  return {
    url: `${url}${options.path}`,
    get replicas() {
      return supervised.map(({ replica }) => replica);
    },
    async close() {
      await gateway.close({ timeoutMs: options.drain * 1000 });
      await stopAll();
    },
  };
}

// ---

/** How much longer than its own drain a replica gets before it is killed: it may have telemetry to send. */
const GRACE_MS = 5000;

const clock: Clock = {
  now: () => performance.now(),
  wait: (ms, signal) => delay(ms, undefined, { signal }).catch(() => undefined),
};

async function startAll(options: FleetOptions): Promise<Supervised[]> {
  const numbers = Array.from({ length: options.replicas }, (_, index) => index + 1);
  const started = await Promise.allSettled(
    numbers.map((number) => startReplica(replicaOptions(options, number, 0))),
  );
  const running = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const failed = started.find((one) => one.status === 'rejected');
  if (failed !== undefined) {
    for (const replica of running) replica.kill();
    await Promise.all(running.map(({ exited }) => exited));
    throw failed.reason instanceof Failure ? failed.reason : new Failure(String(failed.reason));
  }
  return running.map((replica, index) =>
    supervise(replica, {
      start: (port) => startReplica(replicaOptions(options, index + 1, port)),
      report: (event) => options.note(sentence(event, index + 1)),
      clock,
    }),
  );
}

function replicaOptions(options: FleetOptions, number: number, port: number): ReplicaOptions {
  const { file, path, watch, drain, env, note } = options;
  const output = (line: string): void => note(`[${number}] ${line}`);
  return { file, port, path, watch, drain, output, env: { ...env, SWITCHYARD_REPLICA: String(number) } };
}

function gatewayOf(options: FleetOptions, supervised: readonly Supervised[]): Gateway {
  const { host, port, path, drain } = options;
  return createGateway({
    listen: { host, port },
    drain: `${drain}s`,
    servers: {
      fleet: {
        path,
        replicas: supervised.map(({ replica }) => replica.url),
        // The replicas are the same server as the one that the caller means.
        authorization: 'pass',
      },
    },
  });
}

function sentence(event: ReplicaEvent, number: number): string {
  if (event.type === 'returned') {
    return `replica ${number}: ${event.how}; back after ${Math.round(event.afterMs)} ms as pid ${event.pid}`;
  }
  return `replica ${number}: ${event.how}; not back yet (${event.why}), next try in ${event.nextMs} ms`;
}

import type { EventBus, Server, ServerOptions } from '@switchyard/server';
import { memoryBus } from '@switchyard/server';
import { serve } from '@switchyard/server/node';
import { afterEach, describe, expect } from 'vitest';
import { FakeEnvironment, until } from './environment.ts';
import { httpPeer, inMemory, overSocket } from './http-peer.ts';
import type { HttpPeer, Peer, Reported } from './peer.ts';
import type { StdioPeer } from './stdio-peer.ts';
import { stdioPeer } from './stdio-peer.ts';

/** What every server under test is made with: a clock that stands still, a shared bus and key, and ears for its reports. */
export interface BaseOptions extends ServerOptions {
  readonly environment: FakeEnvironment;
  readonly bus: EventBus;
  readonly requestState: { readonly keys: string };
}

/** Makes a server; called once for each instance, so that what instances share stands outside of it. */
export type Build = (options: BaseOptions) => Server;

/** Puts what a test built into service, until the test is over. */
export type Serve<P extends Peer> = (build: Build) => Promise<P>;

/**
 * Runs the cases over HTTP: in memory through `fetch`, over a socket through `node:http`, and on three instances, each
 * request on one chosen at random, that share no more than keys and a bus. After each case nothing may be in flight, and no error unaccounted for.
 */
export function overHttp(name: string, cases: (start: Serve<HttpPeer>, way: HttpWay) => void): void {
  for (const way of ['in memory', 'over a socket', 'three instances'] as const) {
    const chance = way === 'three instances' ? `, seed ${SEED}` : '';
    describe(`${name} (${way}${chance})`, () => cases(serving(HTTP[way]), way));
  }
}

/** As {@link overHttp}, and also over pipes: for whatever does not look at HTTP. */
export function everywhere(name: string, cases: (start: Serve<Peer>, way: HttpWay | 'stdio') => void): void {
  overHttp(name, cases);
  overStdio(name, (start) => cases(start, 'stdio'));
}

/** Runs the cases over pipes. */
export function overStdio(name: string, cases: (start: Serve<StdioPeer>) => void): void {
  describe(`${name} (stdio)`, () => cases(serving(connectStdio)));
}

/** The ways of {@link overHttp}. */
export type HttpWay = 'in memory' | 'over a socket' | 'three instances';

/** The key that all instances share. */
export const KEYS = `k1:${Buffer.from('an example of a key: 32 bytes it').toString('base64url')}`;

// ---

interface Connected<P extends Peer> {
  readonly peer: P;
  close(): Promise<void>;
}

type Basis = Omit<Peer, 'call' | 'open' | 'servers' | 'server'>;
type Connect<P extends Peer> = (make: () => Server, basis: Basis) => Promise<Connected<P>>;

function serving<P extends Peer>(connect: Connect<P>): Serve<P> {
  const open: Connected<P>[] = [];
  afterEach(async () => {
    for (const { peer, close } of open.splice(0)) {
      await until(() => peer.servers.every(({ core }) => core.runtime.inFlight.count === 0));
      await close();
      expect(peer.errors, 'errors that no test expected').toEqual([]);
      expect(peer.servers.map(({ core }) => core.runtime.hub.size)).toEqual(peer.servers.map(() => 0));
    }
  });
  return async (build) => {
    const basis = { environment: new FakeEnvironment(), errors: [] as Reported[], warnings: [] as string[] };
    const options: BaseOptions = {
      environment: basis.environment,
      bus: memoryBus(),
      requestState: { keys: KEYS },
      onError: (error, info) => basis.errors.push({ error, ...info }),
      onWarning: (message) => basis.warnings.push(message),
    };
    const connected = await connect(() => build(options), basis);
    open.push(connected);
    return connected.peer;
  };
}

function together(first: Server, ...others: Server[]): Pick<Peer, 'server' | 'servers'> {
  return { server: first, servers: [first, ...others] };
}

const HTTP: Readonly<Record<HttpWay, Connect<HttpPeer>>> = {
  async 'in memory'(make, basis) {
    const server = make();
    return {
      peer: httpPeer(inMemory([server]), { ...basis, ...together(server) }),
      close: () => server.close(),
    };
  },
  async 'over a socket'(make, basis) {
    const server = make();
    const listening = await serve(server, { port: 0 });
    const peer = httpPeer(overSocket(listening.url), { ...basis, ...together(server) });
    return { peer, close: () => listening.close() };
  },
  async 'three instances'(make, basis) {
    const servers = [make(), make(), make()] as const;
    // Started, as instances are before requests come to them; what cannot be compiled is the cases' own affair.
    await Promise.allSettled(servers.map((server) => server.ready()));
    const peer = httpPeer(inMemory(servers, seeded(SEED)), { ...basis, ...together(...servers) });
    return { peer, close: async () => void (await Promise.all(servers.map((server) => server.close()))) };
  },
};

/** Where the choices of instances begin; set it to repeat a run that failed. */
const SEED = Number(process.env['SWITCHYARD_SEED'] ?? Math.floor(Math.random() * 1_000_000));

/** A small generator of numbers from 0 to 1 that begins the same for the same seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const connectStdio: Connect<StdioPeer> = async (make, basis) => {
  const server = make();
  const peer = stdioPeer(server, { ...basis, ...together(server) });
  return { peer, close: () => peer.end() };
};

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import net, { type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import { onTestFinished } from 'vitest';
import { freePort } from '../../../test/support/ports.ts';

/** What tests say that need Redis where there is none. */
export const NO_REDIS = 'neither redis-server nor valkey-server is installed';

/** A Redis or Valkey server of one's own, to be killed and stopped at will. */
export interface OwnRedis {
  readonly url: string;
  readonly port: number;
  /** What it answers to a command, as it stands on the wire. */
  ask(command: string): Promise<string>;
  /** Ends it as a crash does. */
  kill(): Promise<void>;
  /** Makes it silent: connections stay, nothing is answered. */
  freeze(): void;
  thaw(): void;
  /** Starts it again, empty, at the same port. */
  restart(): Promise<void>;
}

/** Files of what a server speaks TLS with. */
export interface RedisTls {
  readonly cert: string;
  readonly key: string;
  /** Whose certificates clients must have. @default they need none */
  readonly clientCa?: string;
}

/** Starts a server on a free port; it ends with the test. `undefined` where there is no program for it. */
export async function ownRedis(
  args: readonly string[] = [],
  secured?: RedisTls,
): Promise<OwnRedis | undefined> {
  const program = ['redis-server', 'valkey-server'].find(
    (name) => spawnSync(name, ['--version']).status === 0,
  );
  if (program === undefined) return undefined;
  const port = await freePort();
  const own = secured === undefined ? ['--port', String(port)] : tlsArguments(port, secured);
  const dial = dialler(port, secured);
  // A replica, or a member of a cluster, writes files all the same.
  const folder = mkdtempSync(path.join(tmpdir(), 'switchyard-redis-'));
  const run = () => start(program, [...own, '--dir', folder, ...args], dial);
  let child = await run();
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  onTestFinished(async () => {
    await kill();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    url: `${secured === undefined ? 'redis' : 'rediss'}://127.0.0.1:${port}`,
    port,
    ask: (command) => ask(dial, command),
    kill,
    freeze: () => child.kill('SIGSTOP'),
    thaw: () => child.kill('SIGCONT'),
    restart: async () => {
      child = await run();
    },
  };
}

/** Makes a connection; tells when it can be written to. */
type Dial = (connected: (socket: Socket) => void) => Socket;

function dialler(port: number, secured: RedisTls | undefined): Dial {
  return (connected) => {
    const where = { port, host: '127.0.0.1' };
    if (secured === undefined) {
      const socket = net.connect(where, () => connected(socket));
      return socket;
    }
    const own = { cert: readFileSync(secured.cert), key: readFileSync(secured.key) };
    const socket = tls.connect({ ...where, ...own, rejectUnauthorized: false }, () => connected(socket));
    return socket;
  };
}

function tlsArguments(port: number, { cert, key, clientCa }: RedisTls): readonly string[] {
  const clients = clientCa === undefined ? 'no' : 'yes';
  return [
    ...['--port', '0', '--tls-port', String(port), '--tls-cert-file', cert, '--tls-key-file', key],
    ...['--tls-ca-cert-file', clientCa ?? cert, '--tls-auth-clients', clients],
  ];
}

async function start(program: string, args: readonly string[], dial: Dial): Promise<ChildProcess> {
  const own = ['--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const child = spawn(program, [...own, ...args], { stdio: 'ignore' });
  const deadline = Date.now() + 10_000;
  while (!(await answers(dial))) {
    if (Date.now() > deadline || child.exitCode !== null) throw new Error(`${program} did not start`);
  }
  return child;
}

function answers(dial: Dial): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = dial((connected) => connected.write('PING\r\n'));
    socket.on('data', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => setTimeout(() => resolve(false), 10));
  });
}

/** Ends with a ping: when that is answered, the answer to the command is whole. */
function ask(dial: Dial, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = dial((connected) => connected.write(`${command}\r\nPING\r\n`));
    let text = '';
    socket.on('error', reject);
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (!text.endsWith('+PONG\r\n')) return;
      socket.destroy();
      resolve(text);
    });
  });
}

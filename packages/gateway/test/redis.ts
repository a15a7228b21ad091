import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

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

/** Starts a server on a free port; it ends with the test. `undefined` where there is no program for it. */
export async function ownRedis(args: readonly string[] = []): Promise<OwnRedis | undefined> {
  const program = ['redis-server', 'valkey-server'].find(
    (name) => spawnSync(name, ['--version']).status === 0,
  );
  if (program === undefined) return undefined;
  const port = await freePort();
  let child = await start(program, port, args);
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  onTestFinished(kill);
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    ask: (command) => ask(port, command),
    kill,
    freeze: () => child.kill('SIGSTOP'),
    thaw: () => child.kill('SIGCONT'),
    restart: async () => {
      child = await start(program, port, args);
    },
  };
}

async function start(program: string, port: number, args: readonly string[]): Promise<ChildProcess> {
  const own = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const child = spawn(program, [...own, ...args], { stdio: 'ignore' });
  const deadline = Date.now() + 10_000;
  while (!(await answers(port))) {
    if (Date.now() > deadline || child.exitCode !== null) throw new Error(`${program} did not start`);
  }
  return child;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.on('data', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => setTimeout(() => resolve(false), 10));
  });
}

/** Ends with a ping: when that is answered, the answer to the command is whole. */
function ask(port: number, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write(`${command}\r\nPING\r\n`));
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

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';

/** What to run. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A process under test. */
export interface Process {
  /** What it has written to standard error. */
  err(): string;
  /** Resolves once the port takes connections; rejects where the process ends before. */
  listens(port: number): Promise<void>;
  signal(name: NodeJS.Signals): void;
  /** Resolves with its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
}

const running = new Set<Process>();

/** Starts a process. Give `killAll` to `afterAll`: none outlives its tests. */
export function startProcess({ program, args, env }: Command): Process {
  const child = spawn(program, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let text = '';
  child.stderr.on('data', (chunk: Buffer) => {
    text = (text + chunk.toString()).slice(-20_000);
  });
  let gone = false;
  const ended = once(child, 'exit').then(([code, signal]) => {
    gone = true;
    running.delete(started);
    return (code ?? signal) as number | NodeJS.Signals; // Node gives one of the two
  });
  const started: Process = {
    err: () => text,
    signal: (name) => void child.kill(name),
    ended,
    async listens(port) {
      const until = Date.now() + 20_000;
      while (!(await connects(port))) {
        if (gone || Date.now() > until) throw new Error(`Nothing listens on ${port}:\n${text}`);
        await pause();
      }
    },
  };
  running.add(started);
  return started;
}

/** Kills every process that still runs, stopped ones included. */
export async function killAll(): Promise<void> {
  const all = [...running];
  for (const one of all) one.signal('SIGKILL');
  await Promise.all(all.map(({ ended }) => ended));
}

// ---

const pause = () => new Promise((resolve) => setTimeout(resolve, 20));

function connects(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { Failure } from '../failure.ts';
import type { ListeningMessage } from '../serve/fronts.ts';

/** A process that serves a definition. */
export interface Replica {
  readonly pid: number;
  readonly url: string;
  readonly port: number;
  /** Resolves with how it ended: `killed by SIGKILL`, `exit code 1`. */
  readonly exited: Promise<string>;
  /** Asks it to drain and exit. */
  stop(): void;
  /** Ends it at once. */
  kill(): void;
}

/** What a replica is started with. */
export interface ReplicaOptions {
  readonly file: string;
  /** `0` takes any free one. */
  readonly port: number;
  readonly path: string;
  readonly watch: boolean;
  /** Seconds. */
  readonly drain: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Takes every line that the process writes. */
  readonly output: (line: string) => void;
}

/** Starts a replica; resolves once it can be called, rejects with `Failure` where it ends before that. */
export async function startReplica(options: ReplicaOptions): Promise<Replica> {
  const child = spawn(process.execPath, [...process.execArgv, BIN, ...serveArguments(options)], {
    env: { ...options.env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // A process group of its own: a Ctrl-C goes to the parent alone, which first lets the gateway drain.
    detached: true,
    windowsHide: true,
  });
  for (const stream of [child.stdout, child.stderr]) forwardLines(stream, options.output);
  const exited = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) =>
      resolve(signal === null ? `exit code ${code}` : `killed by ${signal}`),
    );
    child.once('error', (error) => resolve(error.message));
  });
  const ended = exited.then((how) => {
    throw new Failure(`A replica ended before it could be called: ${how}.`);
  });
  const { url, port } = await Promise.race([listening(child), ended]);
  // A process that has told its address has a pid.
  return {
    pid: child.pid ?? 0,
    url,
    port,
    exited,
    stop: () => child.kill('SIGTERM'),
    kill: () => child.kill('SIGKILL'),
  };
}

// ---

const BIN = fileURLToPath(new URL('../bin.js', import.meta.url));

function serveArguments({ file, port, path, watch, drain }: ReplicaOptions): string[] {
  const address = ['--port', String(port), '--host', '127.0.0.1', '--path', path];
  return ['serve', file, ...address, '--drain', String(drain), '--quiet', ...(watch ? [] : ['--no-watch'])];
}

function listening(child: ChildProcess): Promise<ListeningMessage> {
  return new Promise((resolve) => {
    child.on('message', (message) => {
      if (isListening(message)) resolve(message);
    });
  });
}

function isListening(message: unknown): message is ListeningMessage {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === 'listening';
}

function forwardLines(stream: Readable | null, output: (line: string) => void): void {
  if (stream !== null) createInterface({ input: stream }).on('line', output);
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root folder. */
export const ROOT: string = fileURLToPath(new URL('../../..', import.meta.url));

/** The command as npm links it. It runs what was built. */
export const BIN: string = path.join(ROOT, 'packages/cli/bin/switchyard.js');

/** How a process is started. */
export interface StartOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Whether signals go to its whole process group, as a Ctrl-C in a terminal does. @default false */
  readonly group?: boolean;
}

/** A process that runs, and everything that it has written. */
export interface Running {
  readonly child: ChildProcess;
  readonly pid: number;
  /** Standard output so far. */
  out(): string;
  /** Standard error so far. */
  err(): string;
  /** Resolves with the match once what the process writes contains it; what was matched before is not matched again. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  /** Resolves with the exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  signal(name: NodeJS.Signals): void;
}

/** Starts a Node program. Give `cleanUp` to `afterEach`: no process outlives its test. */
export function startNode(args: readonly string[], options: StartOptions = {}): Running {
  const { NO_COLOR: _, SWITCHYARD_KEYS: __, ...env } = process.env;
  const { cwd = ROOT, group = false } = options;
  const child = spawn(process.execPath, args, { cwd, env: { ...env, ...options.env }, detached: group });
  const texts = { out: '', err: '' };
  const waiting = new Set<() => void>();
  const take = (name: 'out' | 'err') => (chunk: Buffer) => {
    texts[name] += chunk.toString('utf8');
    for (const check of waiting) check();
  };
  child.stdout.on('data', take('out'));
  child.stderr.on('data', take('err'));
  const ended = once(child, 'close').then(([code, signal]) => {
    for (const check of waiting) check();
    return code ?? signal;
  });
  RUNNING.add(child);
  const seen = { out: 0, err: 0 };
  const find = (pattern: RegExp): RegExpExecArray | undefined => {
    for (const name of ['out', 'err'] as const) {
      const match = pattern.exec(texts[name].slice(seen[name]));
      if (match === null) continue;
      seen[name] += match.index + match[0].length;
      return match;
    }
    return undefined;
  };
  return {
    child,
    pid: child.pid ?? 0,
    out: () => texts.out,
    err: () => texts.err,
    ended,
    signal: (name) => void (group ? process.kill(-(child.pid ?? 0), name) : child.kill(name)),
    says: (pattern) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          const match = find(pattern);
          if (match === undefined && child.exitCode === null && child.signalCode === null) return;
          waiting.delete(check);
          if (match !== undefined) resolve(match);
          else reject(new Error(`It ended without saying ${pattern}:\n${texts.out}\n${texts.err}`));
        };
        waiting.add(check);
        check();
      }),
  };
}

/** Starts `switchyard` with these arguments. */
export function start(args: readonly string[], options?: StartOptions): Running {
  return startNode([BIN, ...args], options);
}

/** Runs `switchyard` to its end. */
export async function run(
  args: readonly string[],
  options?: StartOptions,
): Promise<{ code: unknown; out: string; err: string }> {
  const running = start(args, options);
  running.child.stdin?.end();
  const code = await running.ended;
  return { code, out: running.out(), err: running.err() };
}

/** Ends whatever a test has left running. */
export async function cleanUp(): Promise<void> {
  const left = [...RUNNING].filter((child) => child.exitCode === null && child.signalCode === null);
  RUNNING.clear();
  await Promise.all(
    left.map((child) => {
      const closed = once(child, 'close');
      child.kill('SIGKILL');
      return closed;
    }),
  );
}

/** Whether a process is there. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const RUNNING = new Set<ChildProcess>();

import { jittered, sleep } from '../call/attempts.ts';
import { orAborted } from '../call/or-aborted.ts';
import { systemEnvironment } from '../environment.ts';
import { ClientError } from '../errors.ts';
import type { TerminatingLink, WireReply, WireRequest } from '../link.ts';
import { DEFAULT_MAX_RESPONSE_BYTES } from '../links/http-reply.ts';
import type { ChildOptions } from './child.ts';
import { Child } from './child.ts';

/** How a server is started. */
export interface StdioLinkOptions {
  readonly command: string;
  /** @default [] */
  readonly args?: readonly string[];
  readonly cwd?: string;
  /** Variables of its environment, beside the few that any program needs. Against secrets of this process reaching a server. */
  readonly env?: Readonly<Record<string, string>>;
  /** Variables of this process that it gets. @default what any program needs: PATH, HOME, LANG, TMPDIR and their like */
  readonly inheritEnv?: readonly string[];
  /** Hears what the server writes to stderr, which need not be errors. @default it is thrown away */
  readonly onStderr?: (text: string) => void;
  /** For how long it may go on once its input is closed, and again once it was asked to stop, in milliseconds. @default 2000 */
  readonly graceMs?: number;
  /** The most bytes of one message that is received. @default 16777216 */
  readonly maxResponseBytes?: number;
  /** Is told what the server writes that belongs to no request. @default nothing is told */
  readonly onWarning?: (message: string) => void;
}

/** A link to a process. */
export interface StdioLink extends TerminatingLink {
  /** The process that runs now, if one does. */
  readonly pid: number | undefined;
}

/**
 * Starts a server when it is first needed, and again when it has ended, with pauses where it ends at once. Requests that
 * were under way fail with `interrupted`. Throws `TypeError` without a command. Spec: basic/transports/stdio.
 */
export function stdioLink(options: StdioLinkOptions): StdioLink {
  if (typeof options.command !== 'string' || options.command === '')
    throw new TypeError('A command is needed.');
  return new ProcessLink(options);
}

const BACKOFF = { baseMs: 100, maxMs: 30_000 };
/** A process that lived this long did not fail to start. */
const SOUND_MS = 5_000;

/** What programs need to run at all. */
const INHERITED: readonly string[] = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'TERM',
  'LANG',
  'TMPDIR',
  'TEMP',
  'TMP',
  'APPDATA',
  'LOCALAPPDATA',
  'USERPROFILE',
  'SYSTEMROOT',
  'SYSTEMDRIVE',
  'PATHEXT',
  'PROGRAMFILES',
];

/**
 * The environment of a program that is started: what any program needs of this process's own (`inherit` says what, by
 * default `PATH`, `HOME`, `LANG`, `TMPDIR` and their like), and what it is given. Against secrets of this process reaching it.
 */
export function programEnvironment(
  given: Readonly<Record<string, string>> = {},
  inherit: readonly string[] = INHERITED,
): Record<string, string | undefined> {
  const inherited = inherit.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(inherited), ...given };
}

class ProcessLink implements StdioLink {
  readonly transport = 'stdio';
  readonly address: string;
  readonly #options: ChildOptions;
  readonly #closing = new AbortController();
  /** Processes that are not gone yet: one runs, others may be on their way out. */
  readonly #children = new Set<Child>();
  #child: Child | undefined;
  #starting: Promise<Child> | undefined;
  #startedAt = 0;
  #failures = 0;

  constructor(options: StdioLinkOptions) {
    const { command, args = [] } = options;
    this.address = `stdio:${JSON.stringify([command, ...args])}`;
    this.#options = {
      command,
      args,
      cwd: options.cwd,
      env: programEnvironment(options.env, options.inheritEnv),
      onStderr: options.onStderr,
      graceMs: options.graceMs ?? 2_000,
      maxBytes: options.maxResponseBytes ?? DEFAULT_MAX_RESPONSE_BYTES,
      callers: 'one',
      warn: options.onWarning ?? (() => undefined),
    };
  }

  get pid(): number | undefined {
    return this.#child?.alive === true ? this.#child.pid : undefined;
  }

  async send(request: WireRequest): Promise<WireReply> {
    const child =
      this.#child?.alive === true ? this.#child : await orAborted(this.#start(), request.signal, false);
    return child.send(request);
  }

  async close(): Promise<void> {
    this.#closing.abort(new ClientError('closed', 'The client is closed.'));
    await Promise.all([...this.#children].map((child) => child.close()));
  }

  #start(): Promise<Child> {
    this.#starting ??= this.#startAfterPause().finally(() => {
      this.#starting = undefined;
    });
    return this.#starting;
  }

  async #startAfterPause(): Promise<Child> {
    const { signal } = this.#closing;
    if (this.#child !== undefined) {
      const lived = systemEnvironment.now() - this.#startedAt;
      this.#failures = lived >= SOUND_MS ? 0 : this.#failures + 1;
      if (this.#failures > 1) {
        await sleep(jittered(this.#failures - 2, BACKOFF, systemEnvironment), systemEnvironment, signal);
      }
    }
    if (signal.aborted) throw signal.reason;
    const child = new Child(this.#options);
    this.#startedAt = systemEnvironment.now();
    this.#child = child;
    this.#children.add(child);
    void child.gone.then(() => this.#children.delete(child));
    return child;
  }
}

import { programEnvironment, StdioProcess } from '@switchyard/client/stdio';
import { parseMessage } from '@switchyard/wire';
import type { Dispatcher } from 'undici';
import type { GatewayEvent } from '../../events.ts';
import { type Channel, type ChannelRequest, channelError } from '../channel/channel.ts';
import type { StdioPlan } from './config.ts';
import { StderrLines } from './stderr-lines.ts';
import { StdioCall } from './stdio-call.ts';

/** What a process is started and watched with. */
export interface StdioContext {
  readonly server: string;
  /** Its name in logs. */
  readonly replica: string;
  /** Variables of its environment, read. */
  readonly env: Readonly<Record<string, string>>;
  /** Milliseconds, never running backwards. */
  readonly now: () => number;
  /** From 0 up to 1. */
  readonly random: () => number;
  readonly log: (event: GatewayEvent) => void;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 30_000;
/** A process that lived this long did not fail to start. */
const SOUND_MS = 5000;

/**
 * The way to one process: started when it is first needed, and again when it has ended, with pauses where it ends at once.
 * Its requests share the two pipes, told apart by ids of the gateway's own. When the gateway dies, however it does, the
 * input of the process ends. Spec: basic/transports/stdio.
 */
export class StdioChannel implements Channel {
  readonly #plan: StdioPlan;
  readonly #context: StdioContext;
  #process: StdioProcess | undefined;
  /** Those that are not gone yet. */
  readonly #processes = new Set<StdioProcess>();
  #startedAt = 0;
  #failures = 0;
  #quietUntil = Number.NEGATIVE_INFINITY;
  #lastId = 0;
  #closed = false;

  constructor(plan: StdioPlan, context: StdioContext) {
    this.#plan = plan;
    this.#context = context;
  }

  dispatch({ body }: ChannelRequest, handler: Dispatcher.DispatchHandler): void {
    const outcome = Buffer.isBuffer(body) ? parseMessage(body, { maxBytes: body.byteLength }) : undefined;
    if (outcome?.kind !== 'request') {
      // Bodies for processes are read before they come here; this one was not a request.
      handler.onResponseError?.(NOBODY, channelError('UND_ERR_INVALID_ARG', 'the body is not a request'));
      return;
    }
    const call = new StdioCall(outcome.message, handler);
    const process = this.#ready();
    if (typeof process === 'string') call.fail(channelError(process, 'the server does not run'));
    else call.start(process, this.#nextId());
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#processes].map((process) => process.close()));
  }

  destroy(): Promise<void> {
    return this.close();
  }

  /** The process, started if need be; the code of an error where it is not to be asked now. */
  #ready(): StdioProcess | string {
    if (this.#closed) return 'UND_ERR_CLOSED';
    const running = this.#process;
    if (running?.alive === true) return running.backlog > this.#plan.messageBytes ? 'STDIO_BUSY' : running;
    if (this.#context.now() < this.#quietUntil) return 'STDIO_PAUSED';
    this.#startedAt = this.#context.now();
    try {
      return this.#start();
    } catch (error) {
      // The system itself has refused, for want of memory for one: nothing runs whose end could be waited for.
      const { log, server, replica } = this.#context;
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
      log({ type: 'process-said', server, replica, text: `it could not be started (${code})` });
      this.#pause();
      return 'STDIO_NOT_STARTED';
    }
  }

  #start(): StdioProcess {
    const { now, log, server, replica, env } = this.#context;
    const { command, args, cwd, messageBytes, graceMs, inherit } = this.#plan;
    const say = (text: string) => log({ type: 'process-said', server, replica, text });
    const stderr = new StderrLines(now, say);
    const process = new StdioProcess({
      ...{ command, args, cwd, graceMs },
      env: programEnvironment(env, inherit),
      maxBytes: messageBytes,
      callers: 'many',
      onStderr: (text) => stderr.write(text),
      warn: say,
    });
    this.#process = process;
    this.#processes.add(process);
    log({ type: 'process-started', server, replica, pid: process.pid });
    void process.gone.then(() => this.#gone(process));
    return process;
  }

  #gone(process: StdioProcess): void {
    this.#processes.delete(process);
    if (!this.#closed) this.#pause();
  }

  /** Leaves it alone for a while, where it does not live long. */
  #pause(): void {
    const { now, random, log, server, replica } = this.#context;
    this.#failures = now() - this.#startedAt >= SOUND_MS ? 0 : this.#failures + 1;
    const pause = Math.min(FIRST_PAUSE_MS * 2 ** (this.#failures - 1), LONGEST_PAUSE_MS);
    const pauseMs = this.#failures === 0 ? 0 : Math.round(pause * (0.5 + random() / 2));
    this.#quietUntil = now() + pauseMs;
    log({ type: 'process-ended', server, replica, pauseMs });
  }

  #nextId(): number {
    this.#lastId = this.#lastId === Number.MAX_SAFE_INTEGER ? 1 : this.#lastId + 1;
    return this.#lastId;
  }
}

// ---

/** Controls a request that was never begun. */
const NOBODY: Dispatcher.DispatchController = Object.freeze({
  aborted: true,
  paused: false,
  reason: null,
  abort: () => {},
  pause: () => {},
  resume: () => {},
});

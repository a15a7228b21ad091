import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { ClientError } from '../errors.ts';
import type { WireReply, WireRequest } from '../link.ts';
import { type Callers, LineChannel } from './line-channel.ts';

/** How a process is started and ended. */
export interface ChildOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Hears what the process writes to stderr; it is thrown away where nobody wants it. */
  readonly onStderr: ((text: string) => void) | undefined;
  readonly graceMs: number;
  readonly maxBytes: number;
  readonly callers: Callers;
  readonly warn: (message: string) => void;
}

/** A server in a process of its own. */
export class Child {
  /** Resolves once the process is gone, or could not be started. */
  readonly gone: Promise<void>;
  readonly #options: ChildOptions;
  readonly #process: ChildProcess;
  readonly #channel: LineChannel;
  #alive = true;

  constructor(options: ChildOptions) {
    const { command, args, cwd, env, onStderr, maxBytes, callers, warn } = options;
    this.#options = options;
    this.#process = spawn(command, args, {
      cwd,
      env,
      stdio: ['pipe', 'pipe', onStderr === undefined ? 'ignore' : 'pipe'],
      windowsHide: true,
    });
    const { stdin, stdout, stderr } = this.#process;
    // A process that has gone cannot be written to; that it has gone is told by its exit.
    stdin?.on('error', () => undefined);
    const write = (line: string) => void stdin?.write(line);
    this.#channel = new LineChannel({ write, maxBytes, callers, warn });
    stdout?.on('data', (chunk: Uint8Array) => this.#receive(chunk));
    stderr?.setEncoding('utf8').on('data', (text: string) => onStderr?.(text));
    this.gone = new Promise((resolve) => {
      this.#process.once('error', (cause) => {
        this.#over(
          new ClientError('network', `The server ${JSON.stringify(command)} could not be started.`, {
            cause,
          }),
        );
        resolve();
      });
      this.#process.once('exit', (code, signal) => {
        const how = signal === null ? `code ${code}` : signal;
        const over = (): void => {
          this.#over(new ClientError('interrupted', `The server ended with ${how}.`, { mayHaveRun: true }));
          resolve();
        };
        // What it wrote last may still be on its way, or be held open by a process of its own.
        const late = setTimeout(over, LAST_WORDS_MS);
        this.#process.once('close', () => {
          clearTimeout(late);
          over();
        });
      });
    });
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** Bytes that were sent and that it has not taken yet. */
  get backlog(): number {
    return this.#process.stdin?.writableLength ?? 0;
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  send(request: WireRequest): Promise<WireReply> {
    return this.#channel.send(request);
  }

  /** Ends it: closes its input, waits, asks it to stop, waits, stops it. Spec: basic/transports/stdio#shutdown. */
  async close(): Promise<void> {
    this.#over(new ClientError('closed', 'The client is closed.', { mayHaveRun: true }));
    this.#process.stdin?.end();
    if (await this.#goneWithin(this.#options.graceMs)) return;
    this.#process.kill('SIGTERM');
    if (await this.#goneWithin(this.#options.graceMs)) return;
    this.#process.kill('SIGKILL');
    await this.gone;
  }

  #receive(chunk: Uint8Array): void {
    try {
      this.#channel.receive(chunk);
    } catch (error) {
      if (error instanceof ClientError) this.#over(error);
      this.#process.kill('SIGKILL');
    }
  }

  #over(error: ClientError): void {
    this.#alive = false;
    this.#channel.fail(error);
  }

  async #goneWithin(ms: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(resolve, ms, false);
    });
    const gone = await Promise.race([this.gone.then(() => true), late]);
    clearTimeout(timer);
    return gone;
  }
}

/** For how long output is awaited after the exit. */
const LAST_WORDS_MS = 200;

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { headersOf, type Message, requestOf } from '../../support/messages.ts';
import type { Where } from './arena.ts';

/** How an instance is started. */
export interface InstanceSettings {
  readonly store: Where;
  readonly effects: string;
  readonly leaseMs: number;
  readonly pollMs: number;
  /** How many tasks of one principal may run at a time; claims are made in another way where there is a limit. */
  readonly perOwner: number | undefined;
  /** By how much its clock is wrong. */
  readonly skewMs: number;
}

/** A process of its own with an engine, to be killed and frozen. */
export class Instance {
  readonly #child: ChildProcess;
  #url = '';
  #err = '';
  frozen = false;

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#err = (this.#err + chunk.toString()).slice(-4000);
    });
    child.on('error', () => undefined);
  }

  /** Starts one and waits until it runs. */
  static async start(settings: InstanceSettings): Promise<Instance> {
    const file = path.join(import.meta.dirname, 'instance.mjs');
    const child = fork(file, [JSON.stringify(settings)], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: [],
    });
    const instance = new Instance(child);
    const ended = once(child, 'exit').then(() => undefined);
    const ready: unknown[] | undefined = await Promise.race([once(child, 'message'), ended]);
    if (ready === undefined) throw new Error(`An instance did not start:\n${instance.#err}`);
    instance.#url = (ready[0] as { readonly url: string }).url; // its first message
    return instance;
  }

  get alive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Calls it; `undefined` where it does not answer, which does not mean that it did nothing. */
  async call(
    method: string,
    params: Readonly<Record<string, unknown>>,
    meta: Readonly<Record<string, unknown>> = {},
  ): Promise<Message | undefined> {
    const request = requestOf(method, params, { capabilities: CAPABILITIES, meta });
    const headers = headersOf(request) as Record<string, string>; // each is sent once
    const signal = AbortSignal.timeout(PATIENCE_MS);
    try {
      const response = await fetch(this.#url, {
        method: 'POST',
        headers,
        body: JSON.stringify(request),
        signal,
      });
      return (await response.json()) as Message; // what a server answers
    } catch {
      return undefined;
    }
  }

  /** Makes its clock wrong. */
  skew(ms: number): void {
    this.#say({ skew: ms });
  }

  freeze(): void {
    this.frozen = true;
    this.#child.kill('SIGSTOP');
  }

  thaw(): void {
    this.frozen = false;
    this.#child.kill('SIGCONT');
  }

  /** Ends it without a word. */
  async kill(): Promise<void> {
    if (!this.alive) return;
    const exit = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exit;
  }

  /** Ends it in order; gives what it wrote to standard error. */
  async close(): Promise<string> {
    if (this.alive) {
      const exit = once(this.#child, 'exit');
      const late = setTimeout(() => this.#child.kill('SIGKILL'), 15_000);
      this.#say({ close: true });
      await exit;
      clearTimeout(late);
    }
    return this.#err;
  }

  /** It may die while it is spoken to. */
  #say(message: object): void {
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }
}

const PATIENCE_MS = 2000;
const CAPABILITIES = { elicitation: { form: {} }, extensions: { 'io.modelcontextprotocol/tasks': {} } };

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Where } from './arena.ts';
import type { Plan } from './plan.ts';

/** How an instance is started. */
export interface InstanceSettings {
  readonly store: Where;
  readonly effects: string;
  readonly leaseMs: number;
  readonly pollMs: number;
  /** By how much its clock is wrong. */
  readonly skewMs: number;
}

/** A process of its own with an engine, to be killed and frozen. */
export class Instance {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (answer: MakeAnswer) => void>();
  #next = 0;
  #err = '';
  frozen = false;

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#err = (this.#err + chunk.toString()).slice(-4000);
    });
    child.on('message', (message: MakeAnswer & { readonly id: number }) => {
      this.#waiting.get(message.id)?.(message);
      this.#waiting.delete(message.id);
    });
    child.on('exit', () => {
      for (const answer of this.#waiting.values()) answer({ error: 'the instance ended' });
      this.#waiting.clear();
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
    const how = await Promise.race([once(child, 'message'), once(child, 'exit').then(() => undefined)]);
    if (how === undefined) throw new Error(`An instance did not start:\n${instance.#err}`);
    return instance;
  }

  get alive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Has it make a task; `undefined` where it cannot say that it did, which does not mean that it did not. */
  async make(plan: Plan, patienceMs: number): Promise<string | undefined> {
    if (!this.alive) return undefined;
    const id = this.#next;
    this.#next += 1;
    const answer = new Promise<MakeAnswer>((resolve) => {
      this.#waiting.set(id, resolve);
      setTimeout(() => resolve({ error: 'no answer' }), patienceMs);
    });
    this.#say({ id, make: plan });
    return (await answer).taskId;
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

interface MakeAnswer {
  readonly taskId?: string;
  readonly error?: string;
}

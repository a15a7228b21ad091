import type { Outcome, TaskDossier } from '../state/row.ts';
import { isTerminal } from '../state/status.ts';
import type { TaskChange } from '../store/verbs.ts';
import { Claimer } from './claimer.ts';
import type { Handled } from './handled.ts';
import { Keeper } from './keeper.ts';
import type { ResolvedOptions } from './options.ts';
import { Parking } from './parking.ts';
import type { ResolvedPolicy } from './policy.ts';
import { Run } from './run.ts';
import { settleTask } from './settle.ts';
import type { TaskTelemetry } from './telemetry.ts';
import { givenUp } from './verdict.ts';
import type { Writer } from './writer.ts';
import { createWriter } from './writer.ts';

/** What a workshop needs. */
export interface WorkshopParts {
  readonly options: ResolvedOptions;
  readonly handled: ReadonlyMap<string, Handled>;
  readonly telemetry: TaskTelemetry;
}

/** A place for a task that is being made. */
export interface Slot {
  readonly lease: { readonly worker: string; readonly leaseMs: number };
  run(task: TaskDossier): void;
  free(): void;
}

/** Where the runs of one instance are: it claims tasks while it has room, runs them, and parks those that wait. */
export class Workshop {
  readonly #parts: WorkshopParts;
  readonly #options: ResolvedOptions;
  readonly #worker: string;
  readonly #writer: Writer;
  readonly #keeper: Keeper;
  readonly #parking: Parking;
  readonly #claimer: Claimer;
  #state: 'new' | 'open' | 'closing' | 'closed' = 'new';
  #reserved = 0;
  #givingUp = 0;
  #leave: (() => void) | undefined;
  #idle: (() => void)[] = [];

  constructor(parts: WorkshopParts) {
    this.#parts = parts;
    this.#options = parts.options;
    this.#worker = parts.options.environment.randomId(96);
    this.#writer = createWriter(parts.options.store);
    this.#keeper = new Keeper(parts.options);
    this.#parking = new Parking(parts.options);
    this.#claimer = new Claimer({
      options: parts.options,
      worker: this.#worker,
      handled: parts.handled,
      room: () => this.#room(),
      take: (task) => this.#take(task),
      rest: () => this.#checkIdle(),
    });
  }

  start(): void {
    if (this.#state !== 'new') return;
    this.#state = 'open';
    this.#leave = this.#options.store.subscribe((change) => this.#hear(change));
    this.#claimer.start();
  }

  /** Looks for work now. */
  wake(): void {
    this.#claimer.wake();
  }

  /** A place for a task that is about to be made; `undefined` where there is none, or others wait for one. */
  reserve(): Slot | undefined {
    if (
      this.#state !== 'open' ||
      !this.#claimer.isDry ||
      this.#room() <= 0 ||
      this.#options.perOwner !== undefined
    )
      return undefined;
    this.#reserved += 1;
    return {
      lease: { worker: this.#worker, leaseMs: this.#options.leaseMs },
      run: (task) => {
        this.#reserved -= 1;
        this.#take(task);
      },
      free: () => {
        this.#reserved -= 1;
        this.#checkIdle();
      },
    };
  }

  async close(timeoutMs: number): Promise<void> {
    this.#state = 'closing';
    this.#leave?.();
    this.#claimer.stop();
    this.#parking.clear();
    await this.#untilIdle(timeoutMs);
    const left = this.#keeper.runs;
    for (const run of left) run.interrupt('closing');
    // What could not be written by now never will be: others go on when the leases end.
    this.#state = 'closed';
    await Promise.allSettled(left.map((run) => this.#writer.release(run.lease)));
    this.#keeper.stop();
  }

  get #isClosing(): boolean {
    return this.#state === 'closing' || this.#state === 'closed';
  }

  #room(): number {
    return this.#options.concurrency - this.#keeper.runs.length - this.#reserved;
  }

  #hear({ id, due, cancelRequested }: TaskChange): void {
    if (due) this.wake();
    const run = this.#keeper.find(id);
    if (run !== undefined && (cancelRequested === true || run.isWaiting)) this.#keeper.look(run);
    const parked = due ? undefined : this.#parking.find(id);
    if (parked !== undefined) this.#check(parked);
  }

  /** A task that waits for answers may be over: its run then need not wait for them. */
  #check(run: Run): void {
    const { store, onError } = this.#options;
    store.get([run.id]).then(
      ([task]) => {
        if (task !== undefined && !isTerminal(task.status)) return;
        run.interrupt(task?.status === 'cancelled' ? 'cancelled' : 'lost');
      },
      (error: unknown) =>
        onError(error, { where: 'looking at a task that waits', taskId: run.id, tool: run.tool }),
    );
  }

  #take(task: TaskDossier): void {
    const handled = this.#parts.handled.get(task.tool);
    if (this.#isClosing || handled === undefined) {
      this.#giveUp(task);
      return;
    }
    const parked = this.#parking.take(task);
    if (parked !== undefined && !task.cancelRequested) {
      this.#keeper.add(parked, task.version);
      parked.resume(task);
      return;
    }
    parked?.interrupt('lost');
    this.#run(task, handled);
  }

  #giveUp({ id, tool, token }: TaskDossier): void {
    this.#givingUp += 1;
    this.#writer
      .release({ id, token })
      .catch((error: unknown) => {
        // Where it cannot be given up, its lease ends by itself.
        this.#options.onError(error, { where: 'giving up a task', taskId: id, tool });
      })
      .finally(() => {
        this.#givingUp -= 1;
        this.#checkIdle();
      });
  }

  #run(task: TaskDossier, { handler, policy }: Handled): void {
    const run = new Run(task, {
      handler,
      writer: this.#writer,
      options: this.#options,
      runMs: policy.runMs,
      parked: (one) => this.#park(one),
    });
    this.#keeper.add(run, task.version);
    const span = this.#parts.telemetry.start(task);
    const outcome = outcomeWithoutRun(task, policy);
    const parts = {
      options: this.#options,
      writer: this.#writer,
      policy,
      lost: () => this.#keeper.isLost(run) || this.#state === 'closed',
    };
    settleTask({ run, outcome, span }, parts).then(
      (verdict) => this.#leaveRun(run, verdict.kind === 'retry'),
      (error: unknown) => {
        this.#options.onError(error, { where: 'ending a run', taskId: task.id, tool: task.tool });
        this.#leaveRun(run, true);
      },
    );
  }

  #park(run: Run): void {
    this.#keeper.remove(run);
    if (this.#isClosing) run.interrupt('closing');
    else this.#parking.add(run);
    this.#freed();
  }

  #leaveRun(run: Run, again: boolean): void {
    this.#keeper.remove(run);
    this.#parking.remove(run);
    // When it is due again is the store's to say.
    if (again) this.wake();
    this.#freed();
  }

  /** There is room again. */
  #freed(): void {
    const limited = [...this.#parts.handled.values()].some(({ policy }) => policy.concurrency !== undefined);
    if (!this.#claimer.isDry || limited || this.#options.perOwner !== undefined) this.wake();
    this.#checkIdle();
  }

  #checkIdle(): void {
    if (this.#keeper.runs.length + this.#reserved + this.#givingUp > 0 || this.#claimer.isClaiming) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  #untilIdle(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const stop = this.#options.environment.after(timeoutMs, resolve);
      this.#idle.push(() => {
        stop();
        resolve();
      });
      this.#checkIdle();
    });
  }
}

/** How a task ends that is not to be run any more. */
function outcomeWithoutRun(task: TaskDossier, { attempts }: ResolvedPolicy): Outcome | undefined {
  if (task.cancelRequested) return { status: 'cancelled' };
  return task.attempts >= attempts ? givenUp(task.attempts) : undefined;
}

import { performance } from 'node:perf_hooks';

/** Work that can be paused where it yields. */
export type Steps<Result> = Generator<void, Result, void>;

/** How work is done in slices. */
export interface SliceOptions {
  /** How long work goes on before it lets others go first, in milliseconds. @default 2 */
  readonly sliceMs?: number;
  /** Milliseconds of a clock that only goes forward. @default that of the process */
  readonly now?: () => number;
  /** Lets others go first. @default one turn of the event loop */
  readonly pause?: () => Promise<void>;
}

/** Does all of the work now. */
export function atOnce<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/**
 * Does the work a slice at a time, so that it holds up the event loop no longer than a slice and its last step take. What is
 * then done with the result has a slice of its own.
 */
export async function inSlices<Result>(steps: Steps<Result>, options: SliceOptions = {}): Promise<Result> {
  const { sliceMs = SLICE_MS, now = () => performance.now(), pause = turn } = options;
  for (;;) {
    const until = now() + sliceMs;
    let step = steps.next();
    while (step.done !== true && now() < until) step = steps.next();
    await pause();
    if (step.done === true) return step.value;
  }
}

/** Makes of work that must not overlap one that begins when what was begun before is done, however that ended. */
export function inTurn(work: () => Promise<void>): () => Promise<void> {
  let last = Promise.resolve();
  return () => {
    last = last.then(work, work);
    return last;
  };
}

// ---

const SLICE_MS = 2;

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

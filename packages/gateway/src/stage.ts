import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Exchange } from './exchange.ts';
import type { LivePlan } from './plan/live.ts';
import type { Refusal } from './refusal.ts';

/** Said by a stage that has answered the request itself (a cache, for one): nothing after it runs. */
export const ANSWERED = 'answered';

/** What a stage says: `undefined` goes on, a refusal is answered in its name, `ANSWERED` is done. */
export type Outcome = Refusal | typeof ANSWERED | undefined;

/**
 * One station between `accept` and `forward`: identify, admit, authorise, route, cache, record each are one. A stage
 * belongs to one plan and holds what it compiled from it; `enter` runs for every request, and returns a promise only
 * where it has to wait. What it takes it gives back through `exchange.onEnd`.
 */
export interface Stage {
  readonly name: string;
  enter(exchange: Exchange): Outcome | Promise<Outcome>;
  /** Answers what is no message to a server but asks for a document of the stage's own, and says that it has. */
  document?(req: IncomingMessage, res: ServerResponse, live: LivePlan): boolean;
  /** Is told of a request that was not let in, before it is answered. */
  turnedAway?(req: IncomingMessage, refusal: Refusal): void;
  /** Is told of what an operator has done to the gateway. */
  operated?(deed: OperatorDeed): void;
  /** Lets go of what the stage holds, once its plan has been replaced and the last request on it is done. */
  close?(): void | Promise<void>;
}

/** Something that was done at the admin port. */
export interface OperatorDeed {
  /** The name of the token, or `certificate:` and the name in the certificate. */
  readonly operator: string;
  readonly what: string;
  readonly status: number;
}

/** What happens once the stages have had their say. */
export interface StageEnds {
  /** All stages went on. */
  readonly finish: (exchange: Exchange) => void;
  /** A stage refused. */
  readonly refused: (exchange: Exchange, refusal: Refusal) => void;
  /** A stage threw; nothing of the error may reach the caller. */
  readonly failed: (exchange: Exchange, error: unknown) => void;
}

/** Runs the stages in order, without a tick between those that do not wait. */
export function runStages(stages: readonly Stage[], exchange: Exchange, ends: StageEnds): void {
  try {
    runFrom(0, { stages, exchange, ends });
  } catch (error) {
    ends.failed(exchange, error);
  }
}

// ---

interface Run {
  readonly stages: readonly Stage[];
  readonly exchange: Exchange;
  readonly ends: StageEnds;
}

function runFrom(first: number, run: Run): void {
  const { stages, exchange, ends } = run;
  for (let i = first; i < stages.length; i++) {
    const outcome = stages[i]?.enter(exchange);
    if (outcome === undefined) continue;
    if (outcome instanceof Promise) {
      waitFor(outcome, i + 1, run);
      return;
    }
    if (outcome !== ANSWERED) ends.refused(exchange, outcome);
    return;
  }
  ends.finish(exchange);
}

function waitFor(pending: Promise<Outcome>, next: number, run: Run): void {
  const { exchange, ends } = run;
  pending
    .then((outcome) => {
      if (exchange.ended) return;
      if (outcome === undefined) runFrom(next, run);
      else if (outcome !== ANSWERED) ends.refused(exchange, outcome);
    })
    .catch((error: unknown) => ends.failed(exchange, error));
}

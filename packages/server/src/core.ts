import type { ParseOutcome } from '@switchyard/wire';
import { errorMessage, reject } from '@switchyard/wire';
import { dispatch, fail } from './dispatch.ts';
import type { Exchange } from './exchange.ts';
import type { Body } from './ladder/body-rungs.ts';
import { BODY_RUNGS, notification, parse } from './ladder/body-rungs.ts';
import { HEAD_RUNGS, identify } from './ladder/head-rungs.ts';
import type { Refusal } from './refusal.ts';
import type { Runtime } from './runtime.ts';
import type { Snapshot } from './walk.ts';
import { Walk } from './walk.ts';

/** Where the current definitions come from. */
export interface SnapshotSource {
  /** The snapshot, or a promise of it while definitions are being compiled. */
  current(): Snapshot | Promise<Snapshot>;
}

/** Serves exchanges: what every front is an adapter to. */
export interface Core {
  /**
   * Climbs the rungs that need no body. Returns the walk to go on with once the body is read,
   * or `undefined` where the exchange is answered. A promise only where something has to be waited for.
   */
  open(exchange: Exchange): Walk | undefined | Promise<Walk | undefined>;
  /** Climbs the other rungs, does what is asked, and answers. */
  serve(walk: Walk, body: Body): void | Promise<void>;
  /** As `serve`, for a front that has looked at the parsed message itself. */
  serveMessage(walk: Walk, parsed: ParseOutcome): void | Promise<void>;
  readonly runtime: Runtime;
}

/** Builds the core over a server's parts. */
export function createCore(runtime: Runtime, snapshots: SnapshotSource): Core {
  return {
    runtime,
    open(exchange) {
      const snapshot = snapshots.current();
      if (!(snapshot instanceof Promise)) return open(runtime, exchange, snapshot);
      return snapshot.then(
        (ready) => open(runtime, exchange, ready),
        (error: unknown) => broken(runtime, exchange, error),
      );
    },
    serve: (walk, body) => serveMessage(walk, parse(walk, body)),
    serveMessage,
  };
}

function open(
  runtime: Runtime,
  exchange: Exchange,
  snapshot: Snapshot,
): Walk | undefined | Promise<Walk | undefined> {
  if (runtime.crossOrigin?.(exchange) === true) return undefined;
  const walk = new Walk(runtime, exchange, snapshot);
  // On a shared channel only what turns out to be a request may be refused: its front sees to that.
  if (exchange.transport === 'stdio') return walk;
  const busy = admit(walk);
  if (busy !== undefined) return refused(walk, busy);
  for (const rung of HEAD_RUNGS) {
    const refusal = rung(walk);
    if (refusal !== undefined) return refused(walk, refusal);
  }
  const refusal = identify(walk);
  if (refusal instanceof Promise)
    return refusal.then((late) => {
      if (late !== undefined) return refused(walk, late);
      return walk.done ? undefined : walk;
    });
  return refusal === undefined ? walk : refused(walk, refusal);
}

/**
 * Definitions that cannot be compiled leave nothing to serve.
 * @rejects 500 InternalError, with a reference to the log, for every request where a definition cannot be compiled
 */
function broken(runtime: Runtime, exchange: Exchange, error: unknown): undefined {
  if (runtime.crossOrigin?.(exchange) === true) return undefined;
  const reference = runtime.reportError(error, 'compiling the definitions');
  const message = `The server is not set up correctly. Its log has the details under ${reference}.`;
  exchange.reply({ status: 500, json: errorMessage(undefined, reject('InternalError', message)) });
  return undefined;
}

/**
 * A server that is closing, or busy beyond its limit, sends callers elsewhere.
 * @rejects 503 InternalError, with `Retry-After`, while closing and beyond `limits.operations`
 */
function admit({ runtime }: Walk): Refusal | undefined {
  if (runtime.closing)
    return unavailable('The server is shutting down.', { 'retry-after': '1', connection: 'close' });
  if (runtime.inFlight.count <= runtime.limits.operations) return undefined;
  return unavailable('The server is busy. Try again later.', { 'retry-after': '1' });
}

const unavailable = (message: string, headers: Readonly<Record<string, string>>): Refusal => ({
  ...reject('InternalError', message),
  status: 503,
  headers,
});

function serveMessage(walk: Walk, parsed: ParseOutcome): void | Promise<void> {
  if (parsed.kind === 'error') {
    walk.id = parsed.id;
    return walk.refuse(parsed.rejection);
  }
  if (parsed.kind === 'notification') {
    const refusal = notification(walk, parsed.message);
    return refusal === undefined ? walk.acknowledge(202) : walk.refuse(refusal);
  }
  if (parsed.kind === 'response') return walk.refuse(reject('InvalidRequest', 'Clients send no responses.'));
  walk.request = parsed.message;
  walk.id = parsed.message.id;
  try {
    for (const rung of BODY_RUNGS) {
      const refusal = rung(walk);
      if (refusal !== undefined) return walk.refuse(refusal);
    }
    return dispatch(walk);
  } catch (error) {
    // Rungs ask what the author wrote: who may see a tool, who asks too often.
    return fail(walk, error);
  }
}

function refused(walk: Walk, refusal: Refusal): undefined {
  walk.refuse(refusal);
  return undefined;
}

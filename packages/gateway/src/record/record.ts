import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { ConfigError } from '../config/problem.ts';
import type { DeployContext } from '../deploy-context.ts';
import type { Exchange } from '../exchange.ts';
import type { Plan } from '../plan/plan.ts';
import { type Refusal, refuse } from '../refusal.ts';
import type { OperatorDeed, Outcome, Stage } from '../stage.ts';
import type { StorePlan } from '../store/config.ts';
import { holdStore } from '../store/hold-store.ts';
import type { AuditStore } from '../store/store.ts';
import { type Signer, signerOf } from './chain.ts';
import { AnchorKeeper } from './checkpoints.ts';
import type { AuditPlan } from './config.ts';
import { ENTRY_VERSION } from './entry.ts';
import { pruneAudit } from './prune.ts';
import { redactorOf } from './redact.ts';
import { Trail, type TrailContext } from './trail.ts';
import { TurnedAway } from './turned-away.ts';
import { AuditWriter } from './writer.ts';

/** Puts every exchange on record; `undefined` where nothing is put on record. */
export function recordStage({ audit, store }: Plan, context: DeployContext): Stage | undefined {
  if (audit === undefined || store === undefined) return undefined;
  const { key, writer, trail } = holdWriter(audit, store, context);
  return new RecordStage({ audit, writer, trail, context, release: () => context.resources.release(key) });
}

// ---

interface RecordParts {
  readonly audit: AuditPlan;
  readonly writer: AuditWriter;
  readonly trail: AuditStore;
  readonly context: DeployContext;
  readonly release: () => Promise<void>;
}

class RecordStage implements Stage {
  readonly name = 'record';
  readonly #parts: RecordParts;
  readonly #trails: TrailContext;
  readonly #turnedAway: TurnedAway;
  readonly #pruning: NodeJS.Timeout | undefined;
  /** Exchanges in progress: each will want its place in the queue. */
  #open = 0;

  constructor(parts: RecordParts) {
    this.#parts = parts;
    const { audit, writer, context } = parts;
    this.#trails = {
      plan: audit,
      redact: redactorOf(audit.redact),
      now: context.now,
      announce: (trail) => writer.write({ encode: () => trail.intent() }),
      done: (trail) => {
        this.#open -= 1;
        // Nobody is let in for whom there is no room; what has taken it since, two plans at once for one, is not their affair.
        if (audit.onLoss === 'deny') writer.keep(trail);
        else writer.take(trail);
      },
    };
    this.#pruning =
      audit.retainMs === 0 ? undefined : setInterval(() => void this.#prune(), PRUNE_MS).unref();
    this.#turnedAway = new TurnedAway({ writer, perSecond: audit.turnedAway, clock: context.clock });
  }

  enter(exchange: Exchange): Outcome {
    const { audit, writer, context } = this.#parts;
    if (audit.onLoss === 'deny' && (writer.failing || !writer.hasRoomFor(this.#open)))
      return refuse('audit-unavailable');
    this.#open += 1;
    const id = audit.writeAhead ? randomBytes(9).toString('base64url') : undefined;
    exchange.tap = new Trail(exchange, this.#trails, { at: context.clock(), id });
    return undefined;
  }

  turnedAway(req: IncomingMessage, refusal: Refusal): void {
    this.#turnedAway.note(req, refusal);
  }

  operated(deed: OperatorDeed): void {
    const { writer, context } = this.#parts;
    writer.add({ v: ENTRY_VERSION, at: context.clock(), event: 'admin', ...deed });
  }

  close(): Promise<void> {
    clearInterval(this.#pruning);
    this.#turnedAway.close();
    return this.#parts.release();
  }

  async #prune(): Promise<void> {
    const { audit, writer, context, trail } = this.#parts;
    const at = context.clock();
    const before = at - audit.retainMs;
    try {
      const { records, failed } = await pruneAudit(trail, before);
      for (const { error } of failed) context.log({ type: 'failed', error });
      if (records > 0) writer.add({ v: ENTRY_VERSION, at, event: 'pruned', records, before });
    } catch (error) {
      context.log({ type: 'failed', error });
    }
  }
}

/** How often old records are looked for. */
const PRUNE_MS = 3_600_000;

/** One chain for as long as the gateway runs and keeps its store: a reload goes on with it. */
function holdWriter(
  audit: AuditPlan,
  storePlan: StorePlan,
  context: DeployContext,
): { readonly key: string; readonly writer: AuditWriter; readonly trail: AuditStore } {
  const { resources, clock, log, secrets } = context;
  const { instance, queue, checkpoint } = audit;
  const pem = checkpoint.key && secrets.read(checkpoint.key, ['audit', 'checkpoint', 'key']);
  const signer = pem === undefined ? undefined : readSigner(pem);
  const { every, intervalMs, anchors } = checkpoint;
  const store = holdStore(storePlan, context);
  const key = `audit:${JSON.stringify([store.key, instance, queue, every, intervalMs, anchors, signer?.key])}`;
  let made = false;
  const writer = resources.hold(key, () => {
    made = true;
    return new AuditWriter({
      audit: store.store.audit,
      chain: `${instance}.${randomBytes(9).toString('base64url')}`,
      keeper: new AnchorKeeper({ signer, every, intervalMs, file: anchors, log }),
      ...{ instance, queue, clock, log },
      release: () => store.release(),
    });
  });
  if (!made) void store.release();
  return { key, writer, trail: store.store.audit };
}

function readSigner(pem: string): Signer {
  try {
    return signerOf(pem);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const path = ['audit', 'checkpoint', 'key'];
    throw new ConfigError([{ path, message: `audit.checkpoint.key cannot be used: ${why}` }]);
  }
}

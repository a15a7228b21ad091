import { NO_SEAT, Roster, type Seated } from '../roster.ts';
import { type Scripts, StateLostError } from '../state/shared-state.ts';
import { END, RENEW } from './scripts.ts';

/** Places that one exchange holds in the store: which lease, under which keys. */
export class Lease implements Seated {
  seat: number = NO_SEAT;
  readonly id: string;
  readonly keys: readonly string[];

  constructor(id: string, keys: readonly string[]) {
    this.id = id;
    this.keys = keys;
  }
}

const KEYS_AT_ONCE = 500;

/**
 * The places that this instance holds in the store. Each is leased, and the leases are renewed while their exchanges last:
 * the places of an instance that is killed are free again when its leases run out.
 */
export class Leases {
  readonly #scripts: Scripts;
  readonly #leaseMs: number;
  readonly #held = new Roster<Lease>();
  #timer: NodeJS.Timeout | undefined;

  constructor(scripts: Scripts, leaseMs: number) {
    this.#scripts = scripts;
    this.#leaseMs = leaseMs;
  }

  hold(lease: Lease): void {
    this.#held.add(lease);
    if (this.#timer !== undefined) return;
    this.#timer = setInterval(() => void this.#renew(), this.#leaseMs / 3);
    this.#timer.unref();
  }

  /** Ends a lease. Where the store cannot be told, the lease runs out. */
  end(lease: Lease): void {
    this.#held.delete(lease);
    if (this.#held.size === 0) this.close();
    const ids = lease.keys.map(() => lease.id);
    this.#scripts.run(END, lease.keys, ids).catch(ignoreLoss);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #renew(): Promise<void> {
    const all = this.#held.list().flatMap((lease) => lease.keys.map((key) => ({ lease, id: lease.id, key })));
    for (let i = 0; i < all.length; i += KEYS_AT_ONCE) {
      // What has ended meanwhile would be taken again, with nobody to give it back.
      const some = all.slice(i, i + KEYS_AT_ONCE).filter(({ lease }) => lease.seat !== NO_SEAT);
      if (some.length === 0) continue;
      const args = [this.#leaseMs, ...some.map(({ id }) => id)];
      const keys = some.map(({ key }) => key);
      await this.#scripts.run(RENEW, keys, args).catch(ignoreLoss);
    }
  }
}

// ---

/** The next renewal tells the store again. */
function ignoreLoss(error: unknown): void {
  if (!(error instanceof StateLostError)) throw error;
}

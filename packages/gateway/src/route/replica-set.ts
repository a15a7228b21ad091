import type { BalanceMode } from '../config/config.ts';
import type { Replica } from './replica.ts';

/**
 * The replicas of one server and whose turn it is. Ejected replicas are passed over; when all are ejected any of them is
 * taken, because a wrong guess costs one refused connection and giving up costs the request.
 */
export class ReplicaSet {
  readonly replicas: readonly Replica[];
  readonly #balance: BalanceMode;
  #turn: number;

  constructor(replicas: readonly Replica[], balance: BalanceMode, start: number) {
    this.replicas = replicas;
    this.#balance = balance;
    this.#turn = start;
  }

  /** The replica for the next attempt, preferring those not yet tried for this request. */
  choose(tried?: ReadonlySet<Replica>): Replica {
    const chosen =
      this.#next((replica) => replica.health.state !== 'out' && tried?.has(replica) !== true) ??
      this.#next((replica) => tried?.has(replica) !== true) ??
      this.#next((replica) => replica.health.state !== 'out') ??
      this.#next(() => true);
    if (chosen === undefined) throw new TypeError('a server needs at least one replica');
    return chosen;
  }

  #next(admits: (replica: Replica) => boolean): Replica | undefined {
    const count = this.replicas.length;
    let best: Replica | undefined;
    let bestIndex = 0;
    for (let step = 0; step < count; step++) {
      const index = (this.#turn + step) % count;
      const replica = this.replicas[index];
      if (replica === undefined || !admits(replica)) continue;
      if (best !== undefined && replica.inFlight >= best.inFlight) continue;
      best = replica;
      bestIndex = index;
      if (this.#balance === 'round-robin') break;
    }
    if (best !== undefined) this.#turn = (bestIndex + 1) % count;
    return best;
  }
}

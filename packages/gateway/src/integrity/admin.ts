import type { GatewayConfig } from '../config/config.ts';
import { planOf } from '../config/parse.ts';
import { secretsFrom } from '../config/secret.ts';
import type { Plan } from '../plan/plan.ts';
import { openStore } from '../store/hold-store.ts';
import type { Store } from '../store/store.ts';
import { approvePin, rejectPin } from './decide.ts';
import { type ListedPin, type Pin, PinBook, type PinKey } from './pins.ts';

/** What reaching a store takes from outside. */
export interface PinAdminOptions {
  /** Where secrets by reference are read. @default process.env */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since the epoch. @default Date.now */
  readonly clock?: () => number;
}

/** The pins of a gateway's store, for people who decide on them. Gateways that run learn of it within seconds. */
export class PinAdmin {
  readonly #store: Store;
  readonly #book: PinBook;

  private constructor(store: Store) {
    this.#store = store;
    this.#book = new PinBook(store.values);
  }

  /** Opens the store of a configuration. Throws `TypeError` where it has none: its pins end with the gateway. */
  static open(config: GatewayConfig | Plan, options: PinAdminOptions = {}): PinAdmin {
    const { store } = 'drainMs' in config ? config : planOf(config);
    if (store === undefined)
      throw new TypeError('the configuration has no store: its pins are kept in memory');
    const { env = process.env, clock = Date.now } = options;
    return new PinAdmin(openStore(store, { clock, secrets: secretsFrom({ env, log: () => {} }) }));
  }

  /** All pins, or those of one server. */
  list(server?: string): Promise<readonly ListedPin[]> {
    return this.#book.list(server);
  }

  /** Approves the definition that was seen last. Rejects with `TypeError` where none waits. */
  approve(key: PinKey): Promise<Pin> {
    return approvePin(this.#book, key);
  }

  /** Rejects the definition that waits, or else the one that is approved: it stays out of sight. */
  reject(key: PinKey): Promise<Pin> {
    return rejectPin(this.#book, key);
  }

  close(): Promise<void> {
    return this.#store.close();
  }
}

import type { ListWish, PruneWish } from '@switchyard/tasks';

/** What all commands on tasks take. */
export interface StoreSettings {
  readonly store?: string;
  readonly json?: true;
}

/** The options of `switchyard tasks list`. */
export interface ListSettings extends StoreSettings, ListWish {}

/** The options of `switchyard tasks show`. */
export interface ShowSettings extends StoreSettings {
  readonly contents?: true;
}

/** The options of `switchyard tasks prune`. */
export interface PruneSettings extends StoreSettings, Pick<PruneWish, 'status'> {
  /** Milliseconds. */
  readonly olderThan: number;
}

import type { GatewayLogger } from '../events.ts';
import type { NameFault } from './qualifier.ts';

/** A name that a federation does not offer, or that some of its clients cannot use. */
export interface NameReport {
  readonly server: string;
  readonly method: string;
  readonly why: NameFault | 'unusual';
  readonly names: readonly string[];
}

const MOST_NAMES = 20;

/** Says what is wrong with the names of a server when it is first seen, and again when it changes. */
export class NameReports {
  readonly #log: GatewayLogger;
  readonly #said = new Map<string, string>();

  constructor(log: GatewayLogger) {
    this.#log = log;
  }

  /** Tells of the faults in one page of a server; a page without any says nothing. */
  tell({ server, method, why, names }: NameReport): void {
    const key = JSON.stringify([server, method, why]);
    const some = names.slice(0, MOST_NAMES);
    const text = JSON.stringify(some);
    if (this.#said.get(key) === text) return;
    this.#said.set(key, text);
    this.#log({ type: 'federation-names', server, method, why, names: some });
  }
}

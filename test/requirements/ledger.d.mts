import type { Citation } from './citations.mjs';

/** One requirement of the specification, as the data files hold it. */
export interface Row {
  readonly id: string;
  readonly level: 'MUST' | 'MUST NOT' | 'SHOULD' | 'SHOULD NOT';
  readonly role: 'server' | 'intermediary' | 'both' | 'client';
  readonly scope: 'core' | 'auth' | 'client-later';
  readonly anchor: string;
  readonly text: string;
  readonly quote?: string;
  readonly own?: true;
  readonly testable?: false;
  readonly why?: string;
}

export interface Page {
  readonly file: string;
  readonly prefix: string;
  readonly path: string;
  readonly digits?: 2;
  readonly url?: string;
}

/** A sentence of the specification without a row: said elsewhere (`same`), or binding someone else (`binds`). */
export interface LeftOut {
  readonly page: string;
  readonly quote: string;
  readonly same?: string;
  readonly binds?: string;
}

export interface Ledger {
  readonly pages: readonly (Page & { readonly rows: readonly Row[] })[];
  readonly pending: readonly string[];
  readonly leftOut: readonly LeftOut[];
  readonly problems: readonly string[];
}

export interface LocatedCitation extends Citation {
  readonly file: string;
}

export declare const PAGES: readonly Page[];
export declare function loadLedger(folder: string): Ledger;
export declare function checkRows(ledger: Pick<Ledger, 'pages' | 'leftOut'>): string[];
export declare function checkCoverage(state: {
  readonly rows: readonly Row[];
  readonly pending: readonly string[];
  readonly citations: readonly { readonly id: string; readonly file: string }[];
}): string[];
export declare function findCitations(root: string): LocatedCitation[];
export declare function isTestable(row: Row): boolean;
export declare function isDue(row: Pick<Row, 'role' | 'scope'>): boolean;

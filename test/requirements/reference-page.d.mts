import type { Ledger } from './ledger.mjs';

export declare function referencePage(
  ledger: Pick<Ledger, 'pages'>,
  citations: readonly { readonly id: string; readonly file: string }[],
): string;

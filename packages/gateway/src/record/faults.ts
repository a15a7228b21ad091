import type { Anchor, AnchorChecker } from './chain.ts';

/** What records are held against. */
export interface VerifyOptions {
  /** Checks signatures; without it only the links are checked, which whoever writes the store can make anew. */
  readonly checker?: AnchorChecker;
  /** Anchors that were kept elsewhere. */
  readonly anchors?: readonly Anchor[];
}

/** One thing wrong, and where. */
export interface AuditFault {
  readonly chain: string;
  /** The record concerned; the first one where it is several. */
  readonly seq: number;
  readonly kind: AuditFaultKind;
  /** A sentence. */
  readonly message: string;
}

/** What can be wrong. */
export type AuditFaultKind =
  | 'changed'
  | 'replaced'
  | 'missing'
  | 'cut-off'
  | 'not-vouched-for'
  | 'bad-signature';

/** What is known of one chain. */
export interface ChainReport {
  readonly chain: string;
  readonly first: number;
  readonly last: number;
  readonly records: number;
  /** Whether the gateway closed it; otherwise it runs still, or was killed. */
  readonly closed: boolean;
  /** Records after the last checkpoint: nothing vouches for those yet. */
  readonly unvouched: number;
}

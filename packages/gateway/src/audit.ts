export { type Anchor, type AnchorChecker, checkerOf } from './record/chain.ts';
export { type AuditFormat, exportRows, otlpRequest } from './record/export.ts';
export type { AuditFault, AuditFaultKind, ChainReport, VerifyOptions } from './record/faults.ts';
export { fromLine, sourceOf, toLine } from './record/lines.ts';
export { type OpenTrail, type OpenTrailOptions, openTrail } from './record/open-trail.ts';
export { type Pruned, pruneAudit } from './record/prune.ts';
export { type AuditSource, type VerifyReport, verifyAudit } from './record/verify.ts';
export type { StorePlan } from './store/config.ts';
export { StoreError, type StoreErrorCode } from './store/error.ts';
export type {
  AuditFilter,
  AuditPosition,
  AuditQuery,
  AuditRow,
  AuditStore,
  ChainHead,
} from './store/store.ts';

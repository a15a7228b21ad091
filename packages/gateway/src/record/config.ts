import { hostname } from 'node:os';
import { type ConfigPath, type ConfigProblem, formatPath } from '../config/problem.ts';
import type { SecretRef } from '../config/secret.ts';
import { durationMs, sizeBytes } from '../config/units.ts';

/** `audit`: what is put on record, and how. */
export interface AuditConfig {
  readonly onLoss?: 'deny' | 'allow';
  readonly writeAhead?: boolean;
  readonly queue?: number;
  readonly digests?: boolean;
  readonly outcomes?: boolean;
  readonly contents?: ContentsMode;
  readonly contentBytes?: string;
  readonly redact?: readonly string[];
  readonly turnedAway?: number;
  readonly instance?: string;
  readonly checkpoint?: CheckpointConfig;
  readonly retain?: string;
}

/** Whose contents are put on record. */
export type ContentsMode = 'none' | 'requests' | 'all';

/** `audit.checkpoint`: what vouches for the chain. */
export interface CheckpointConfig {
  readonly key?: SecretRef;
  readonly every?: number;
  readonly interval?: string;
  readonly anchors?: string;
}

/** What is put on record, ready to run. */
export interface AuditPlan {
  readonly onLoss: 'deny' | 'allow';
  readonly writeAhead: boolean;
  readonly queue: number;
  readonly digests: boolean;
  readonly outcomes: boolean;
  readonly contents: ContentsMode;
  readonly contentBytes: number;
  readonly redact: readonly string[];
  readonly turnedAway: number;
  readonly instance: string;
  readonly checkpoint: CheckpointPlan;
  /** 0: for ever. */
  readonly retainMs: number;
}

/** What vouches for the chain, ready to run. */
export interface CheckpointPlan {
  readonly key: SecretRef | undefined;
  readonly every: number;
  readonly intervalMs: number;
  /** A file. */
  readonly anchors: string | undefined;
}

/** What the compilation of `audit` looks at. */
export interface AuditSources {
  readonly audit?: AuditConfig;
  readonly store?: unknown;
}

/** The plan of `audit`; `undefined` where nothing is put on record. */
export function compileAudit(
  { audit, store }: AuditSources,
  problems: ConfigProblem[],
): AuditPlan | undefined {
  if (audit === undefined) return undefined;
  if (store === undefined)
    problems.push({
      path: ['audit'],
      message: 'audit needs a store: say where, such as store: sqlite:./switchyard.db',
    });
  checkRedactions(audit, problems);
  const { checkpoint = {} } = audit;
  const intervalMs = durationMs(checkpoint.interval ?? '1m');
  if (intervalMs < 100 || intervalMs > 86_400_000)
    problems.push({
      path: ['audit', 'checkpoint', 'interval'],
      message: 'audit.checkpoint.interval must be from 100ms to 24h',
    });
  const contentBytes = sizeBytes(audit.contentBytes ?? '8KiB');
  if (contentBytes > 1024 * 1024)
    problems.push({ path: ['audit', 'contentBytes'], message: 'audit.contentBytes must be at most 1MiB' });
  return {
    onLoss: audit.onLoss ?? 'deny',
    writeAhead: audit.writeAhead ?? false,
    queue: audit.queue ?? 10_000,
    digests: audit.digests ?? true,
    outcomes: audit.outcomes ?? true,
    contents: audit.contents ?? 'none',
    contentBytes,
    redact: audit.redact ?? [],
    turnedAway: audit.turnedAway ?? 50,
    instance:
      audit.instance ??
      hostname()
        .replaceAll(/[^A-Za-z0-9._-]/g, '-')
        .slice(0, 64),
    checkpoint: {
      key: checkpoint.key,
      every: checkpoint.every ?? 1000,
      intervalMs,
      anchors: checkpoint.anchors,
    },
    retainMs: durationMs(audit.retain ?? 'off'),
  };
}

// ---

function checkRedactions(audit: AuditConfig, problems: ConfigProblem[]): void {
  const refuse = (path: ConfigPath, why: string) =>
    problems.push({ path, message: `${formatPath(path)} ${why}` });
  if (audit.redact !== undefined && (audit.contents ?? 'none') === 'none')
    refuse(['audit', 'redact'], 'has nothing to black out: audit.contents is none');
  for (const [index, entry] of (audit.redact ?? []).entries())
    if (entry.startsWith('/') && /~(?![01])/.test(entry))
      refuse(['audit', 'redact', index], 'is not a JSON pointer: "~" is written ~0, "/" ~1');
}

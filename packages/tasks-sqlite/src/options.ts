import type { Durability } from './connection.ts';

/** Where tasks are kept, and how. */
export interface SqliteTaskStoreOptions {
  /** The file; it is made where it is not there, its folder is not. Beside it there are `-wal` and `-shm` while it is open. */
  readonly file: string;
  /**
   * How a commit reaches the disk. `full`: what was committed survives a power failure. `process`: it survives the death of
   * every process, but a power failure may take back the last commits. @default 'full'
   */
  readonly durability?: Durability;
  /**
   * How long a write waits while other processes write, in milliseconds, before it rejects with `busy`. It must be well below the
   * lease of the engine. @default 5000
   */
  readonly busyTimeoutMs?: number;
  /** How often to look for changes made by other processes, in milliseconds, while somebody listens. @default 25 */
  readonly watchEveryMs?: number;
  /** Brings the file up to date when it is opened; `false` rejects one that is not with `old-schema`. @default true */
  readonly migrate?: boolean;
  /** Milliseconds since 1970; of all processes that open the file, the same clock. @default Date.now */
  readonly now?: () => number;
}

/** The options with everything filled in. Throws `TypeError` for what cannot be. */
export function resolveOptions(options: SqliteTaskStoreOptions): Required<SqliteTaskStoreOptions> {
  const { file, durability = 'full', busyTimeoutMs = 5000, watchEveryMs = 25 } = options;
  const { migrate = true, now = Date.now } = options;
  if (typeof file !== 'string' || file === '') throw new TypeError('`file` must name a file');
  if (file.startsWith(':memory:') || file.startsWith('file:') || /^[a-z]+:\/\//.test(file))
    throw new TypeError(
      '`file` must be a path: a database in memory or elsewhere is not shared by processes',
    );
  if (durability !== 'full' && durability !== 'process')
    throw new TypeError("`durability` must be 'full' or 'process'");
  positive('busyTimeoutMs', busyTimeoutMs);
  positive('watchEveryMs', watchEveryMs);
  return { file, durability, busyTimeoutMs, watchEveryMs, migrate, now };
}

// ---------------------------------------------------------------------------------------------------------------------

function positive(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1)
    throw new TypeError(`\`${name}\` must be a positive integer`);
}

/** Where tasks are kept, and how. */
export interface PostgresTaskStoreOptions {
  /**
   * Where the database is: `postgres://user:password@host:port/name?sslmode=verify-full`. What it leaves out comes from the
   * environment, as it does for every program that uses PostgreSQL: `PGHOST`, `PGPASSWORD` and so on.
   */
  readonly connectionString?: string;
  /** The schema that holds the tables; whoever migrates must be allowed to create it, or it must be there. @default 'switchyard' */
  readonly schema?: string;
  /** The most connections of this store; listening takes one more. @default 8 */
  readonly connections?: number;
  /**
   * How long connecting, or a statement, may take before it counts as lost, in milliseconds. It must be well below the lease of
   * the engine, so that a worker learns in time that it cannot prolong its leases. @default 5000
   */
  readonly timeoutMs?: number;
  /**
   * Brings the schema up to date when the store is opened. `false` where that is done apart, with other rights: the store then
   * rejects with `old-schema` where it has not been done. @default true
   */
  readonly migrate?: boolean;
  /**
   * Hears of changes from other instances by `LISTEN`. `false` where connections go through a pooler that gives each transaction
   * another connection: instances then find out by polling. @default true
   */
  readonly listen?: boolean;
  /** A clock in place of the database's, for tests: milliseconds since 1970. */
  readonly now?: () => number;
}

/** The options with everything filled in. Throws `TypeError` for what cannot be. */
export function resolveOptions(options: PostgresTaskStoreOptions): ResolvedOptions {
  const { schema = 'switchyard', connections = 8, timeoutMs = 5000, migrate = true, listen = true } = options;
  positive('connections', connections);
  positive('timeoutMs', timeoutMs);
  return { ...options, schema, connections, timeoutMs, migrate, listen };
}

/** Options that are all decided. */
export type ResolvedOptions = PostgresTaskStoreOptions &
  Required<Pick<PostgresTaskStoreOptions, 'schema' | 'connections' | 'timeoutMs' | 'migrate' | 'listen'>>;

// ---------------------------------------------------------------------------------------------------------------------

function positive(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1)
    throw new TypeError(`\`${name}\` must be a positive integer`);
}

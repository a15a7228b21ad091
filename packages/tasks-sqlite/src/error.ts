/** Why a store on SQLite cannot do what it was asked. */
export type SqliteStoreErrorCode =
  /** Another process held the file's write lock for the whole of `busyTimeoutMs`. Nothing was written. */
  | 'busy'
  /** The store is closed. */
  | 'closed'
  /** The file is not a database, or is damaged. */
  | 'damaged'
  /** There is no room on the disk, or the file cannot be written. Nothing was written. */
  | 'not-writable'
  /** The file holds what another program keeps. */
  | 'foreign'
  /** The file was migrated by a newer version of this package. */
  | 'newer-schema'
  /** The file lacks migrations, and the store was told not to make them. */
  | 'old-schema'
  /** Anything else that SQLite reports; `cause` has it. */
  | 'failed';

/** A failure of the store itself, not of a task. It never holds what a task holds. */
export class SqliteStoreError extends Error {
  override readonly name = 'SqliteStoreError';
  readonly code: SqliteStoreErrorCode;

  constructor(code: SqliteStoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** What SQLite threw, as an error of the store. */
export function toStoreError(error: unknown): SqliteStoreError {
  if (error instanceof SqliteStoreError) return error;
  const code = sqliteCode(error);
  const known = KNOWN.find(([prefix]) => code.startsWith(prefix));
  const [, own, message] = known ?? (['', 'failed', `SQLite reports ${code || 'an error'}`] as const);
  return new SqliteStoreError(own, message, { cause: error });
}

/** Whether the write lock is held by somebody else, so that the same may succeed a moment later. */
export function isBusy(error: unknown): boolean {
  const code = sqliteCode(error);
  return code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED');
}

// ---------------------------------------------------------------------------------------------------------------------

const KNOWN: readonly (readonly [string, SqliteStoreErrorCode, string])[] = [
  ['SQLITE_BUSY', 'busy', 'Another process holds the write lock of the file'],
  ['SQLITE_LOCKED', 'busy', 'Another process holds the write lock of the file'],
  ['SQLITE_CORRUPT', 'damaged', 'The file is damaged'],
  ['SQLITE_NOTADB', 'damaged', 'The file is not an SQLite database'],
  ['SQLITE_FULL', 'not-writable', 'There is no room on the disk'],
  ['SQLITE_READONLY', 'not-writable', 'The file cannot be written'],
  ['SQLITE_CANTOPEN', 'not-writable', 'The file cannot be opened: is its folder there, and writable?'],
  ['SQLITE_IOERR', 'not-writable', 'The disk failed'],
];

function sqliteCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** What went wrong with a store. */
export type StoreErrorCode =
  /** The row or version is there already. */
  | 'conflict'
  /** The database cannot be reached, or not written to, now. */
  | 'unavailable'
  /** The database has understood, has changed nothing, and will never do it. */
  | 'refused'
  /** The database has been changed by a later version of this package. */
  | 'newer-schema'
  /** The file holds what another program keeps. */
  | 'foreign'
  /** The store has been closed. */
  | 'closed';

/** A store could not do what it was asked. Its message names no secret; what the database said is in `cause`. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/** The error for a database that is ahead of this version. */
export function newerSchema(found: number, known: number): StoreError {
  return new StoreError(
    'newer-schema',
    `The store is at migration ${found}; this version of @switchyard/gateway knows ${known}. Upgrade every gateway that uses it: migrations only go forward`,
  );
}

/** Why a store on PostgreSQL cannot do what it was asked. */
export type PostgresStoreErrorCode =
  /** The database cannot be reached, or the connection broke: what was asked may or may not have happened. */
  | 'unavailable'
  /** The database does not let us: a wrong password, a missing right. */
  | 'refused'
  /** The store is closed. */
  | 'closed'
  /** The schema was migrated by a newer version of this package. */
  | 'newer-schema'
  /** The schema lacks migrations, and the store was told not to make them. */
  | 'old-schema'
  /** Anything else that PostgreSQL reports; `cause` has it. Nothing was written. */
  | 'failed';

/** A failure of the store itself, not of a task. It never holds what a task holds. */
export class PostgresStoreError extends Error {
  override readonly name = 'PostgresStoreError';
  readonly code: PostgresStoreErrorCode;

  constructor(code: PostgresStoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** What the driver threw, as an error of the store. */
export function toStoreError(error: unknown): PostgresStoreError {
  if (error instanceof PostgresStoreError) return error;
  const state = sqlState(error);
  if (state === undefined || UNAVAILABLE.test(state))
    return new PostgresStoreError('unavailable', 'PostgreSQL cannot be reached', { cause: error });
  if (REFUSED.test(state))
    return new PostgresStoreError(
      'refused',
      `${REFUSALS[state] ?? 'PostgreSQL refuses the connection or the statement'} (${state})`,
      {
        cause: error,
      },
    );
  return new PostgresStoreError('failed', `PostgreSQL reports ${state}`, { cause: error });
}

/** Whether the server answered that it did not do it, and would if asked again: a deadlock, or too many at once. */
export function isTransient(error: unknown): boolean {
  return TRANSIENT.test(sqlState(error) ?? '');
}

// ---------------------------------------------------------------------------------------------------------------------

// https://www.postgresql.org/docs/current/errcodes-appendix.html: classes 08, 53, 57P and 58 are about the server's state.
const UNAVAILABLE = /^(08|53|57P|58)/;
const REFUSED = /^(28|42501|3D)/;
const REFUSALS: Readonly<Record<string, string>> = {
  '28000': 'PostgreSQL does not let this user in',
  '28P01': 'PostgreSQL does not take this password',
  '3D000': 'PostgreSQL has no such database',
  '42501': 'PostgreSQL says that this user lacks a right',
};
const TRANSIENT = /^(40001|40P01|55P03)$/;

/** The five characters by which the server names what went wrong; the driver's own errors have none, or Node's name for it. */
function sqlState(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && !/^E[A-Z]/.test(code) ? code : undefined;
}

import { StoreError } from './error.ts';

/** What SQLite or its driver threw, as an error of the store. */
export function toStoreError(error: unknown): unknown {
  if (error instanceof StoreError || !(error instanceof Error)) return error;
  const code = 'code' in error ? String(error.code) : '';
  if (code === 'SQLITE_CONSTRAINT_PRIMARYKEY' || code === 'SQLITE_CONSTRAINT_UNIQUE')
    return new StoreError('conflict', 'It is there already', error);
  if (REFUSALS.test(code) && !ELSEWHERE.test(error.message))
    return new StoreError('refused', `The store does not take it (${code})`, error);
  const why = WHY.find(([prefix]) => code.startsWith(prefix))?.[1];
  const told = [...(why === undefined ? [] : [why]), code || error.name].join(', ');
  return new StoreError('unavailable', `The store cannot be used now (${told})`, error);
}

/** Opens a file. Throws `StoreError` where that fails. */
export function openFile<T>(open: () => T): T {
  try {
    return open();
  } catch (cause) {
    // The driver gives this error no code.
    throw new StoreError(
      'unavailable',
      'The file of the store cannot be opened: is its folder there, and writable?',
      cause,
    );
  }
}

// ---

/** Of the values or the statement, not of the file or the disk. */
const REFUSALS = /^SQLITE_(CONSTRAINT|ERROR|TOOBIG|MISMATCH|RANGE)/;
/** It is not the file that it was. */
const ELSEWHERE = /no such|no column/;

/** What an operator can mend. */
const WHY: readonly (readonly [string, string])[] = [
  ['SQLITE_NOTADB', 'the file is no SQLite database'],
  ['SQLITE_CORRUPT', 'the file is damaged'],
  ['SQLITE_READONLY', 'the file cannot be written'],
  ['SQLITE_FULL', 'there is no room on the disk'],
  ['SQLITE_CANTOPEN', 'the file cannot be opened'],
];

// Tasks in PostgreSQL, for many hosts: the store of `@switchyard/tasks` for when instances run on more than one machine.
//
// Glossary. schema: where all tables are, so that they live beside others; its version is the number of its last migration.
// verb: what the store can do; each is one statement that is prepared once for each connection, and does what many calls ask
// for. group: the calls that go together in one statement. turn: one statement or transaction at a time, by a lock of the
// database. hint: a message by LISTEN and NOTIFY that a task has changed; lost ones are made up for by asking.

export { PostgresStoreError, type PostgresStoreErrorCode } from './error.ts';
export { postgresTaskStore } from './open.ts';
export type { PostgresTaskStoreOptions } from './options.ts';

// Tasks in one SQLite file: the store of `@switchyard/tasks` for a server that is one process, or several on one machine.
//
// Glossary. turn: one transaction that has the file's write lock from its start; the writes of many calls share one. busy: another
// process has the lock; writes wait for it without stopping the event loop. lane: the tasks of one tool with one priority.
// change: a note to other processes that a task has changed; they look for new ones many times a second.

export type { Durability } from './connection.ts';
export { SqliteStoreError, type SqliteStoreErrorCode } from './error.ts';
export { sqliteTaskStore } from './open.ts';
export type { SqliteTaskStoreOptions } from './options.ts';

import type { Migration } from './migrate.ts';
import { sql as createTasks } from './migrations/0001-create-tasks.ts';
import { sql as createSteps } from './migrations/0002-create-steps.ts';
import { sql as createQuestions } from './migrations/0003-create-questions.ts';
import { sql as createSweeps } from './migrations/0004-create-sweeps.ts';
import { sql as firstSweep } from './migrations/0005-first-sweep.ts';
import { sql as indexDue } from './migrations/0006-index-due.ts';
import { sql as indexLeased } from './migrations/0007-index-leased.ts';
import { sql as indexLive } from './migrations/0008-index-live.ts';
import { sql as indexLiveExpiry } from './migrations/0009-index-live-expiry.ts';
import { sql as indexFinishedExpiry } from './migrations/0010-index-finished-expiry.ts';
import { sql as indexFinished } from './migrations/0011-index-finished.ts';
import { sql as indexCreated } from './migrations/0012-index-created.ts';
import { sql as indexUnsuccessful } from './migrations/0013-index-unsuccessful.ts';
import { sql as indexIdempotency } from './migrations/0014-index-idempotency.ts';
import { sql as countLive } from './migrations/0015-count-live.ts';

/** The steps of the schema, in order. They only ever grow: a released step is never changed, and nothing goes back. */
export const MIGRATIONS: readonly Migration[] = [
  { name: 'create-tasks', sql: createTasks },
  { name: 'create-steps', sql: createSteps },
  { name: 'create-questions', sql: createQuestions },
  { name: 'create-sweeps', sql: createSweeps },
  { name: 'first-sweep', sql: firstSweep },
  { name: 'index-due', sql: indexDue },
  { name: 'index-leased', sql: indexLeased },
  { name: 'index-live', sql: indexLive },
  { name: 'index-live-expiry', sql: indexLiveExpiry },
  { name: 'index-finished-expiry', sql: indexFinishedExpiry },
  { name: 'index-finished', sql: indexFinished },
  { name: 'index-created', sql: indexCreated },
  { name: 'index-unsuccessful', sql: indexUnsuccessful },
  { name: 'index-idempotency', sql: indexIdempotency },
  { name: 'count-live', sql: countLive },
];

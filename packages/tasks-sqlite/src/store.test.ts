import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { taskStoreContract } from '@switchyard/tasks/contract';
import { afterAll, describe, it } from 'vitest';
import { sqliteTaskStore } from './open.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'switchyard-sqlite-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('sqliteTaskStore', () => {
  let count = 0;
  const cases = taskStoreContract((now) => {
    count += 1;
    const options = { file: path.join(folder, `${count}.db`), now };
    return [sqliteTaskStore(options), sqliteTaskStore(options)] as const;
  });
  for (const { name, run } of cases) it(name, run);
});

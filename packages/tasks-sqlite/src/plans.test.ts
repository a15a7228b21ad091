import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { Connection } from './connection.ts';
import { migrate } from './migrate.ts';
import { MIGRATIONS } from './migrations.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'switchyard-plans-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('reads no task that it does not need', async () => {
  const connection = new Connection(path.join(folder, 'plans.db'), 'process');
  migrate(connection, MIGRATIONS);
  const statements = await allStatements();
  expect(statements.length).toBeGreaterThan(35);
  const scans = statements.flatMap(([name, sql]) => {
    const steps = connection.statement(`EXPLAIN QUERY PLAN ${sql}`).all();
    return steps
      .map(({ detail }) => String(detail))
      .filter(
        (detail) =>
          /^SCAN (tasks|steps|questions)\b/.test(detail) && !/ tasks_(due|live|leased)$/.test(detail),
      )
      .map((detail) => `${name}: ${detail}`);
  });
  expect(scans).toEqual([]);
  connection.close();
});

// ---

async function allStatements(): Promise<readonly (readonly [string, string])[]> {
  const statements = path.join(import.meta.dirname, 'statements');
  const modules = await Promise.all(
    readdirSync(statements).map(
      (file): Promise<Record<string, unknown>> => import(path.join(statements, file)),
    ),
  );
  return modules.flatMap((module) =>
    Object.entries(module).flatMap(([name, sql]) => (typeof sql === 'string' ? [[name, sql] as const] : [])),
  );
}

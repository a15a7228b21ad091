import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { onTestFinished } from 'vitest';

/** Why a test was skipped. */
export const NO_POSTGRES =
  'there is no PostgreSQL at 127.0.0.1:5432 (set SWITCHYARD_TEST_POSTGRES to where one is)';

/** A schema of its own in the PostgreSQL of this machine, dropped when the test is over; `undefined` where there is none. */
export async function ownSchema(): Promise<{ readonly url: string; readonly schema: string } | undefined> {
  const url = process.env['SWITCHYARD_TEST_POSTGRES'] ?? 'postgres://postgres@127.0.0.1:5432/test';
  const schema = `switchyard_test_${randomBytes(6).toString('hex')}`;
  const there = await run(url, 'SELECT 1').then(
    () => true,
    () => false,
  );
  if (!there) return undefined;
  onTestFinished(() => run(url, `DROP SCHEMA IF EXISTS ${schema} CASCADE`));
  return { url, schema };
}

/** Runs a statement as somebody who goes around the gateway would. */
export async function run(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

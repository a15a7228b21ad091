import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { NO_POSTGRES } from '../../support/postgres.ts';
import { type Arena, postgresArena, sqliteArena } from './arena.ts';
import { LEASE_MS, ordeal } from './ordeal.ts';
import { figures, judge } from './verdict.ts';

// `node scripts/chaos.mjs` sets these; by themselves the tests are short.
const TASKS = Number(process.env['CHAOS_TASKS'] ?? 60);
const SEED = Number(process.env['CHAOS_SEED'] ?? Date.now() % 1_000_000);
const DEADLINE_MS = 40_000 + TASKS * 600;

const NOTHING_WRONG = {
  wrongEnds: [],
  wrongCount: [],
  saidWrong: [],
  notOnce: [],
  lost: [],
  unfenced: [],
  undone: [],
  late: [],
};

describe(`tasks under chaos, seed ${SEED}`, () => {
  test('on one SQLite file, with several processes', { timeout: DEADLINE_MS + 60_000 }, async () => {
    const folder = scratch();
    await endure('SQLite', folder, await sqliteArena(folder, LEASE_MS));
  });

  test('on PostgreSQL, with cut connections and a database that crashes', {
    timeout: DEADLINE_MS + 60_000,
  }, async ({ skip }) => {
    const arena = await postgresArena(LEASE_MS);
    if (arena === undefined) return skip(NO_POSTGRES);
    await endure('PostgreSQL', scratch(), arena);
  });
});

// ---

async function endure(name: string, folder: string, arena: Arena): Promise<void> {
  try {
    const evidence = await ordeal({ arena, folder, seed: SEED, tasks: TASKS, deadlineMs: DEADLINE_MS });
    const report = process.env['CHAOS_REPORT'];
    if (report !== undefined)
      appendFileSync(report, `${JSON.stringify({ store: name, seed: SEED, ...figures(evidence) })}\n`);
    expect(judge(evidence, TASKS), `with the seed ${SEED}`).toEqual(NOTHING_WRONG);
  } finally {
    await arena.close();
  }
}

function scratch(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'switchyard-chaos-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

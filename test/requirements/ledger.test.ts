import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { checkCoverage, checkRows, findCitations, loadLedger, PAGES, type Row } from './ledger.mjs';
import { referencePage } from './reference-page.mjs';

const folder = dirname(fileURLToPath(import.meta.url));
const root = join(folder, '..', '..');

describe('the ledger of requirements', () => {
  const ledger = loadLedger(folder);

  it('is well formed', () => {
    expect([...ledger.problems, ...checkRows(ledger)]).toEqual([]);
  });

  it('is covered by tests, but for the ids that pending.json still lists', () => {
    const rows = ledger.pages.flatMap((page) => page.rows);
    expect(checkCoverage({ rows, pending: ledger.pending, citations: findCitations(root) })).toEqual([]);
  });
});

describe('checkRows', () => {
  const wrong: [string, Partial<Record<keyof Row, unknown>>, RegExp][] = [
    ['an id of another page', { id: 'HTTP-001' }, /not STDIO- and three digits/],
    ['an id with two digits', { id: 'STDIO-01' }, /not STDIO- and three digits/],
    ['an unknown level', { level: 'MAY' }, /unknown level MAY/],
    ['an unknown role', { role: 'host' }, /unknown role host/],
    ['an unknown scope', { scope: 'later' }, /unknown scope later/],
    [
      'an anchor on an unknown page',
      { anchor: 'basic/nowhere#x' },
      /anchor on an unknown page: basic\/nowhere/,
    ],
    [
      'an anchor on another page',
      { anchor: 'server/tools#tool' },
      /anchor is not on basic\/transports\/stdio/,
    ],
    ['an empty fragment', { anchor: 'basic/transports/stdio#' }, /bad fragment/],
    ['a text that is no sentence', { text: 'Exits' }, /text is not a sentence/],
    ['an empty quote', { quote: ' ' }, /no quote/],
    ['untestable without a reason', { testable: false }, /"why" goes with/],
    ['a reason without untestable', { why: 'Because.' }, /"why" goes with/],
    ['testable spelt out', { testable: true }, /"testable" is false or left out/],
    ['a key that is not known', { note: 'x' } as Partial<Record<keyof Row, unknown>>, /unknown key note/],
  ];

  it.each(wrong)('refuses %s', (_name, change, problem) => {
    const problems = checkRows({
      pages: [stdioPage([{ ...row('STDIO-001'), ...change } as Row])],
      leftOut: [],
    });
    expect(problems).toEqual([expect.stringMatching(problem)]);
  });

  it('accepts a good row and refuses its id a second time', () => {
    const once = [row('STDIO-001'), row('STDIO-002', { testable: false, why: 'Only people can.' })];
    expect(checkRows({ pages: [stdioPage(once)], leftOut: [] })).toEqual([]);
    const twice = [...once, row('STDIO-001')];
    expect(checkRows({ pages: [stdioPage(twice)], leftOut: [] })).toEqual(['STDIO-001: used twice']);
  });

  it('holds what is left out to known pages and rows', () => {
    const pages = [stdioPage([row('STDIO-001')])];
    const page = 'basic/transports/stdio';
    const leftOut = [
      { page, quote: 'said again', same: 'STDIO-001' },
      { page, quote: 'for clients', binds: 'client' },
      { page: 'nowhere', quote: 'a', binds: 'client' },
      { page, quote: 'b', same: 'STDIO-009' },
      { page, quote: 'c' },
    ];
    expect(checkRows({ pages, leftOut })).toEqual([
      'left-out.json [2]: unknown page nowhere',
      'left-out.json [3]: no row STDIO-009',
      'left-out.json [4]: needs either "same" (a row) or "binds" (whom)',
    ]);
  });
});

describe('checkCoverage', () => {
  const rows = [
    row('STDIO-001'),
    row('STDIO-002', { testable: false, why: 'Only people can.' }),
    row('STDIO-003', { scope: 'auth', role: 'intermediary' }),
  ];
  const cited = (id: string) => ({ id, file: 'test/a.test.ts' });

  it('asks for a test of every testable row that is due, and of no other', () => {
    expect(checkCoverage({ rows, pending: [], citations: [] })).toEqual([
      'STDIO-001: no test names it (MUST: Exits soon.)',
    ]);
    expect(checkCoverage({ rows, pending: [], citations: [cited('STDIO-001')] })).toEqual([]);
    expect(checkCoverage({ rows, pending: ['STDIO-001'], citations: [] })).toEqual([]);
  });

  it.each([
    [{ role: 'client' }, true],
    [{ role: 'client', scope: 'auth' }, true],
    [{ role: 'both', scope: 'auth' }, true],
    [{ role: 'intermediary', scope: 'client-later' }, false],
  ] as const)('knows whether a test is due: %j', (change, due) => {
    const problems = checkCoverage({ rows: [row('STDIO-009', change)], pending: [], citations: [] });
    expect(problems).toHaveLength(due ? 1 : 0);
  });

  it('refuses a citation of a row that does not exist', () => {
    const citations = [cited('STDIO-001'), cited('STDIO-999')];
    expect(checkCoverage({ rows, pending: [], citations })).toEqual([
      'STDIO-999: no such row, named by test/a.test.ts',
    ]);
  });

  it('refuses a citation of a row that is said to be untestable', () => {
    const problems = checkCoverage({
      rows,
      pending: [],
      citations: [cited('STDIO-001'), cited('STDIO-002')],
    });
    expect(problems).toEqual([expect.stringContaining('STDIO-002: named by a test')]);
  });

  it('lets the pending list only shrink', () => {
    const pending = ['STDIO-001', 'STDIO-002', 'STDIO-003', 'STDIO-004', 'STDIO-004'];
    expect(checkCoverage({ rows, pending, citations: [cited('STDIO-001')] })).toEqual([
      'STDIO-001: covered now, take it off pending.json',
      'STDIO-002: pending, but no test is due',
      'STDIO-003: pending, but no test is due',
      'STDIO-004: pending, but there is no such row',
      'pending.json names an id twice',
    ]);
  });
});

describe('referencePage', () => {
  it('has a line for each row with its source and its tests', () => {
    const rows = [
      row('STDIO-001', { text: 'One | two.', anchor: 'basic/transports/stdio#shutdown' }),
      row('STDIO-002', { testable: false, why: 'Only people can.' }),
    ];
    const citation = { id: 'STDIO-001', file: 'test/a.test.ts' };
    const lines = referencePage({ pages: [stdioPage(rows)] }, [citation, citation]).split('\n');
    const source = 'https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/stdio';
    expect(lines).toContain(
      `| STDIO-001 | MUST | server | One \\| two. | [shutdown](${source}#shutdown) | [test/a.test.ts](../../test/a.test.ts) |`,
    );
    expect(lines).toContain(
      `| STDIO-002 | MUST | server | Exits soon. | [top](${source}) | Not testable. Only people can. |`,
    );
  });
});

function row(id: string, change: Partial<Row> = {}): Row {
  const fixed = { level: 'MUST', role: 'server', scope: 'core', anchor: 'basic/transports/stdio' } as const;
  return { id, ...fixed, text: 'Exits soon.', quote: 'exit promptly', ...change };
}

function stdioPage(rows: readonly Row[]) {
  const page = PAGES.find(({ file }) => file === 'stdio');
  if (page === undefined) throw new Error('the stdio page is gone');
  return { ...page, rows };
}

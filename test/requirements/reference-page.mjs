import { isDue, isTestable } from './ledger.mjs';

const SPECIFICATION = 'https://modelcontextprotocol.io/specification/2026-07-28';

/** The text of docs/reference/requirements.md: every row of the ledger with its level, its source and its tests. */
export function referencePage(ledger, citations) {
  const files = new Map();
  for (const { id, file } of citations) files.set(id, (files.get(id) ?? new Set()).add(file));
  const rows = ledger.pages.flatMap((page) => page.rows);
  const sections = ledger.pages.map((page) => pageSection(page, files));
  return `${[
    '# Requirements',
    '<!-- Written by test/requirements/report.mjs from test/requirements/data. Do not edit. -->',
    `What revision 2026-07-28 of the Model Context Protocol asks of a server, of a client, or of an intermediary (a gateway or proxy): ${rows.length} requirements, each in our own words, with a link to those of the specification, and the test files whose titles name it.`,
    'The role "both" stands for a server and an intermediary. Those marked "later" concern what an intermediary does upstream, and need no test yet. "Not testable" marks what only people, or the application around the library, can satisfy.',
    ...sections,
  ].join('\n\n')}\n`;
}

// ---

function pageSection(page, files) {
  const lines = page.rows.map((row) => {
    const fragment = row.anchor.split('#')[1];
    const address =
      page.url === undefined ? `${SPECIFICATION}/${row.anchor}` : `${page.url}#${fragment ?? ''}`;
    const source = `[${fragment ?? 'top'}](${address})${row.own === true ? ' (our own rule)' : ''}`;
    const cells = [row.id, row.level, row.role, escapePipes(row.text), source, proof(row, files.get(row.id))];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    `## ${page.path}`,
    '',
    '| id | level | role | requirement | specification | tests |',
    '|---|---|---|---|---|---|',
    ...lines,
  ].join('\n');
}

function proof(row, files) {
  if (files !== undefined) return [...files].map((file) => `[${file}](../../${file})`).join('<br>');
  if (!isTestable(row)) return `Not testable. ${escapePipes(row.why)}`;
  return isDue(row) ? '' : 'later';
}

function escapePipes(text) {
  return text.replaceAll('|', '\\|');
}

// Reports on the ledger and writes docs/reference/requirements.md.
//   node test/requirements/report.mjs            print the counts and what is pending, write the page
//   node test/requirements/report.mjs --check    print, write nothing, exit 1 if the page is out of date
//   node test/requirements/report.mjs --settle   first take the ids that tests name off pending.json
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findCitations, isTestable, loadLedger } from './ledger.mjs';
import { referencePage } from './reference-page.mjs';

const folder = dirname(fileURLToPath(import.meta.url));
const root = join(folder, '..', '..');
const pageFile = join(root, 'docs', 'reference', 'requirements.md');
const pendingFile = join(folder, 'pending.json');

const flags = new Set(process.argv.slice(2));
for (const flag of flags) {
  if (flag !== '--check' && flag !== '--settle') {
    console.error(`unknown option ${flag}; known are --check and --settle`);
    process.exit(2);
  }
}
const citations = findCitations(root);
if (flags.has('--settle')) settle();
const ledger = loadLedger(folder);
printCounts();
printPending();
const page = referencePage(ledger, citations);
if (flags.has('--check')) {
  const current = existsSync(pageFile) && readFileSync(pageFile, 'utf8') === page;
  if (!current)
    console.error('docs/reference/requirements.md is out of date: run test/requirements/report.mjs');
  process.exitCode = current ? 0 : 1;
} else writeFileSync(pageFile, page);

// ---

function settle() {
  if (!existsSync(pendingFile)) return;
  const cited = new Set(citations.map((citation) => citation.id));
  const pending = JSON.parse(readFileSync(pendingFile, 'utf8'));
  const left = pending.filter((id) => !cited.has(id));
  const oneLine = JSON.stringify(left).replaceAll(',', ', ');
  writeFileSync(pendingFile, `${oneLine.length <= 110 ? oneLine : JSON.stringify(left, null, 2)}\n`);
  console.log(`${pending.length - left.length} ids taken off pending.json\n`);
}

function printCounts() {
  const columns = ['MUST', 'MUST NOT', 'SHOULD', 'SHOULD NOT', 'all', 'untestable', 'pending', 'covered'];
  const cited = new Set(citations.map((citation) => citation.id));
  const waiting = new Set(ledger.pending);
  const line = (name, rows) => {
    const levels = columns.slice(0, 4).map((level) => rows.filter((row) => row.level === level).length);
    const untestable = rows.filter((row) => !isTestable(row)).length;
    const pending = rows.filter((row) => waiting.has(row.id)).length;
    const covered = rows.filter((row) => cited.has(row.id)).length;
    return [name, ...levels, rows.length, untestable, pending, covered];
  };
  const all = ledger.pages.flatMap((page) => page.rows);
  const table = [
    ['page', ...columns],
    ...ledger.pages.map((page) => line(page.path, page.rows)),
    line('all', all),
  ];
  for (const [name, ...cells] of table) {
    console.log(String(name).padEnd(54) + cells.map((cell) => String(cell).padStart(12)).join(''));
  }
}

function printPending() {
  console.log(`\npending: ${ledger.pending.length}`);
  for (const page of ledger.pages) {
    const ids = page.rows.map((row) => row.id).filter((id) => ledger.pending.includes(id));
    if (ids.length > 0) console.log(`  ${ids.join(' ')}`);
  }
}

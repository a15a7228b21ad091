// Holds the ledger against an unpacked copy of the specification: `node against-spec.mjs <folder>`, where <folder>
// has docs/specification/2026-07-28 and schema/2026-07-28. Every quote must stand on its page word for word, every
// anchor must be a heading, and every requirement word must lie within a quote of a row or of left-out.json.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadLedger } from './ledger.mjs';

const REVISION = '2026-07-28';
const WORDS = /\b(?:MUST|SHALL|SHOULD|REQUIRED|RECOMMENDED)\b/g;

const root = process.argv[2];
if (root === undefined) {
  console.error('usage: node against-spec.mjs <folder of the specification>');
  process.exit(2);
}
const ledger = loadLedger(dirname(fileURLToPath(import.meta.url)));
// Extensions have specifications of their own, beside this one.
const problems = ledger.pages.filter(({ url }) => url === undefined).flatMap((page) => pageProblems(page));
for (const problem of problems) console.log(problem);
console.log(
  problems.length === 0 ? 'The ledger agrees with the specification.' : `${problems.length} problems`,
);
process.exitCode = problems.length === 0 ? 0 : 1;

// ---

function pageProblems(page) {
  const found = [];
  const source = readPage(page.path);
  const text = plain(source);
  const headings = new Set(
    source
      .split('\n')
      .filter((line) => /^#{1,6} /.test(line))
      .map(slug),
  );
  const covered = [];
  const quoted = ledger.leftOut.filter((entry) => entry.page === page.path);
  for (const entry of [...page.rows, ...quoted]) {
    const spans = locate(text, entry.quote);
    if (spans === undefined)
      found.push(`${entry.id ?? 'left-out.json'}: not on ${page.path}: ${entry.quote}`);
    else covered.push(...spans);
  }
  for (const row of page.path === 'schema' ? [] : page.rows) {
    const fragment = row.anchor.split('#')[1];
    if (fragment !== undefined && !headings.has(fragment)) found.push(`${row.id}: no heading #${fragment}`);
  }
  for (const match of text.matchAll(WORDS)) {
    if (covered.some(([from, to]) => from <= match.index && match.index < to)) continue;
    found.push(
      `${page.path}: not in the ledger: ${text.slice(Math.max(0, match.index - 160), match.index + 120)}`,
    );
  }
  return found;
}

function readPage(path) {
  if (path !== 'schema')
    return readFileSync(join(root, 'docs/specification', REVISION, `${path}.mdx`), 'utf8');
  const source = readFileSync(join(root, 'schema', REVISION, 'schema.ts'), 'utf8');
  return (source.match(/\/\*[\s\S]*?\*\//g) ?? []).join('\n\n').replace(/^\s*\/?\*+\/? ?/gm, '');
}

function plain(source) {
  return source
    .replace(/^---[\s\S]*?\n---\n/, '')
    .replace(/^[ \t]*```[\s\S]*?^[ \t]*```/gm, '')
    .replace(/^\[[^\]]+\]: .*$/gm, '')
    .replace(/<\/?[A-Za-z][^>]*>/g, '')
    .replace(/\{@link ([^|}]*)(?:\|([^}]*))?\}/g, (_, target, label) => (label ?? target).trim())
    .replace(/!?\[((?:[^[\]]|\[[^\]]*\])*)\](?:\([^)]*\)|\[[^\]]*\])/g, '$1')
    .replace(/^[ \t]*>[ \t]?/gm, '')
    .replace(/^[ \t]*(?:[-*]|\d+\.)[ \t]+/gm, '')
    .replace(/(?<![\w`])_(\w(?:[^_`\n]*\w)?)_(?![\w`])/g, '$1')
    .replace(/\*\*|`|\\(?=_)/g, '')
    .replace(/&mdash;/g, '—')
    .replace(/\s*\|\s*/g, ' | ')
    .replace(/\s+/g, ' ');
}

function locate(text, quote) {
  const parts = quote.split(' … ');
  const spans = [];
  if (parts.length === 1) {
    for (let at = text.indexOf(quote); at >= 0; at = text.indexOf(quote, at + 1))
      spans.push([at, at + quote.length]);
    return spans.length > 0 ? spans : undefined;
  }
  let from = 0;
  for (const part of parts) {
    const at = text.indexOf(part, from);
    if (at < 0) return undefined;
    from = at + part.length;
    spans.push([at, from]);
  }
  return spans;
}

function slug(heading) {
  const words = heading
    .replace(/^#+ /, '')
    .replace(/[`_$()]/g, '')
    .trim()
    .toLowerCase()
    .split(/\s+/);
  return encodeURIComponent(words.join('-'));
}

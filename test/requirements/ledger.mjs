import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { readCitations } from './citations.mjs';

/** The pages of the specification that the ledger covers: data file, id prefix, path of the page; `url` for one that stands elsewhere. */
export const PAGES = [
  { file: 'basic', prefix: 'BASE', path: 'basic/index' },
  { file: 'versioning', prefix: 'VER', path: 'basic/versioning' },
  { file: 'transports', prefix: 'TRANS', path: 'basic/transports/index' },
  { file: 'stdio', prefix: 'STDIO', path: 'basic/transports/stdio' },
  { file: 'streamable-http', prefix: 'HTTP', path: 'basic/transports/streamable-http' },
  { file: 'patterns', prefix: 'PATTERN', path: 'basic/patterns/index' },
  { file: 'mrtr', prefix: 'MRTR', path: 'basic/patterns/mrtr' },
  { file: 'subscriptions', prefix: 'SUB', path: 'basic/patterns/subscriptions' },
  { file: 'progress', prefix: 'PROG', path: 'basic/patterns/progress' },
  { file: 'cancellation', prefix: 'CANCEL', path: 'basic/patterns/cancellation' },
  { file: 'discover', prefix: 'DISC', path: 'server/discover' },
  { file: 'tools', prefix: 'TOOL', path: 'server/tools' },
  { file: 'resources', prefix: 'RES', path: 'server/resources' },
  { file: 'prompts', prefix: 'PROMPT', path: 'server/prompts' },
  { file: 'completion', prefix: 'COMP', path: 'server/utilities/completion' },
  { file: 'logging', prefix: 'LOG', path: 'server/utilities/logging' },
  { file: 'pagination', prefix: 'PAGE', path: 'server/utilities/pagination' },
  { file: 'caching', prefix: 'CACHE', path: 'server/utilities/caching' },
  { file: 'elicitation', prefix: 'ELICIT', path: 'client/elicitation' },
  { file: 'sampling', prefix: 'SAMPLE', path: 'client/sampling' },
  { file: 'roots', prefix: 'ROOT', path: 'client/roots' },
  { file: 'deprecated', prefix: 'DEPR', path: 'deprecated' },
  { file: 'schema', prefix: 'SCHEMA', path: 'schema' },
  { file: 'authorization', prefix: 'AUTH', path: 'basic/authorization/index' },
  {
    file: 'authorization-server-discovery',
    prefix: 'AUTH',
    path: 'basic/authorization/authorization-server-discovery',
  },
  { file: 'client-registration', prefix: 'AUTH', path: 'basic/authorization/client-registration' },
  { file: 'security-considerations', prefix: 'AUTH', path: 'basic/authorization/security-considerations' },
  {
    file: 'tasks',
    prefix: 'TASK',
    digits: 2,
    path: 'extensions/tasks',
    url: 'https://github.com/modelcontextprotocol/ext-tasks/blob/main/specification/draft/tasks.md',
  },
];

const LEVELS = ['MUST', 'MUST NOT', 'SHOULD', 'SHOULD NOT'];
const ROLES = ['server', 'intermediary', 'both', 'client'];
const SCOPES = ['core', 'auth', 'client-later'];
const KEYS = ['id', 'level', 'role', 'scope', 'anchor', 'text', 'quote', 'own', 'testable', 'why'];

/** Reads every data file of a ledger folder; a file that is missing or that no page owns is a problem. */
export function loadLedger(folder) {
  const problems = [];
  const owned = new Set(PAGES.map((page) => `${page.file}.json`));
  const present = readdirSync(join(folder, 'data'));
  for (const name of present) if (!owned.has(name)) problems.push(`data/${name} belongs to no page`);
  const pages = PAGES.filter((page) => {
    const found = present.includes(`${page.file}.json`);
    if (!found) problems.push(`data/${page.file}.json is missing`);
    return found;
  }).map((page) => ({ ...page, rows: readJson(join(folder, 'data', `${page.file}.json`)) }));
  const pendingFile = join(folder, 'pending.json');
  const pending = existsSync(pendingFile) ? readJson(pendingFile) : [];
  return { pages, pending, leftOut: readJson(join(folder, 'left-out.json')), problems };
}

/** Problems with the rows themselves: shape, vocabulary, anchors, duplicate ids. */
export function checkRows(ledger) {
  const problems = [];
  const seen = new Set();
  for (const page of ledger.pages) {
    for (const row of page.rows) {
      problems.push(...rowProblems(row, page));
      if (seen.has(row.id)) problems.push(`${row.id}: used twice`);
      seen.add(row.id);
    }
  }
  for (const [at, entry] of ledger.leftOut.entries()) {
    const where = `left-out.json [${at}]`;
    if (!PAGES.some((page) => page.path === entry.page))
      problems.push(`${where}: unknown page ${entry.page}`);
    if (typeof entry.quote !== 'string' || entry.quote === '') problems.push(`${where}: no quote`);
    if ((entry.same === undefined) === (entry.binds === undefined)) {
      problems.push(`${where}: needs either "same" (a row) or "binds" (whom)`);
    }
    if (entry.same !== undefined && !seen.has(entry.same)) problems.push(`${where}: no row ${entry.same}`);
  }
  return problems;
}

/** Problems between rows, the list of ids still to be covered, and the ids that test titles name. */
export function checkCoverage({ rows, pending, citations }) {
  const problems = [];
  const byId = new Map(rows.map((row) => [row.id, row]));
  const waiting = new Set(pending);
  const cited = new Set(citations.map((citation) => citation.id));
  for (const { id, file } of citations)
    if (!byId.has(id)) problems.push(`${id}: no such row, named by ${file}`);
  for (const row of rows) {
    if (!isTestable(row)) {
      if (cited.has(row.id)) problems.push(`${row.id}: named by a test, so it is testable: drop "testable"`);
    } else if (isDue(row) && !cited.has(row.id) && !waiting.has(row.id)) {
      problems.push(`${row.id}: no test names it (${row.level}: ${row.text})`);
    }
  }
  for (const id of waiting) {
    const row = byId.get(id);
    if (row === undefined) problems.push(`${id}: pending, but there is no such row`);
    else if (!isTestable(row) || !isDue(row)) problems.push(`${id}: pending, but no test is due`);
    else if (cited.has(id)) problems.push(`${id}: covered now, take it off pending.json`);
  }
  if (waiting.size !== pending.length) problems.push('pending.json names an id twice');
  return problems;
}

/** The ids that test titles name in `packages/<name>/src` and `test`, with the file of each, sorted. */
export function findCitations(root) {
  const folders = readdirSync(join(root, 'packages')).map((name) => join(root, 'packages', name, 'src'));
  const prefixes = new Set(PAGES.map((page) => page.prefix));
  return [...folders, join(root, 'test')]
    .flatMap(testFiles)
    .sort()
    .flatMap((path) => {
      const file = relative(root, path).split(sep).join('/');
      return citationsOf(path, file, prefixes).map((citation) => ({ ...citation, file }));
    });
}

/** Whether software can be tested for a row. */
export function isTestable(row) {
  return row.testable !== false;
}

/** Whether a row needs a test now, if it can be tested at all: what only an intermediary must do for authorization comes later. */
export function isDue(row) {
  return row.scope === 'core' || (row.scope === 'auth' && row.role !== 'intermediary');
}

// ---

function rowProblems(row, page) {
  const problems = [];
  const claim = (holds, what) => {
    if (!holds) problems.push(`${row.id ?? `a row of ${page.file}.json`}: ${what}`);
  };
  for (const key of Object.keys(row)) claim(KEYS.includes(key), `unknown key ${key}`);
  const digits = page.digits ?? 3;
  claim(
    new RegExp(`^${page.prefix}-\\d{${digits}}$`).test(row.id),
    `id is not ${page.prefix}- and ${digits === 2 ? 'two' : 'three'} digits`,
  );
  claim(LEVELS.includes(row.level), `unknown level ${row.level}`);
  claim(ROLES.includes(row.role), `unknown role ${row.role}`);
  claim(SCOPES.includes(row.scope), `unknown scope ${row.scope}`);
  claim(isText(row.text) && row.text.endsWith('.'), 'text is not a sentence');
  claim(isText(row.quote) !== (row.own === true), 'no quote');
  const [path, fragment, ...rest] = String(row.anchor).split('#');
  const known = PAGES.some((candidate) => candidate.path === path);
  claim(known, `anchor on an unknown page: ${row.anchor}`);
  claim(!known || path === page.path, `anchor is not on ${page.path}`);
  claim(fragment !== '' && rest.length === 0, `anchor with a bad fragment: ${row.anchor}`);
  claim(row.testable === undefined || row.testable === false, '"testable" is false or left out');
  claim(isText(row.why) === (row.testable === false), '"why" goes with "testable": false, and only with it');
  return problems;
}

function isText(value) {
  return typeof value === 'string' && value.trim() !== '';
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

function citationsOf(path, file, prefixes) {
  try {
    return readCitations(readFileSync(path, 'utf8'), prefixes);
  } catch (cause) {
    throw new Error(`${file} does not parse`, { cause });
  }
}

function testFiles(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory())
      return entry.name === 'node_modules' || entry.name === 'dist' ? [] : testFiles(path);
    return entry.name.endsWith('.test.ts') ? [path] : [];
  });
}

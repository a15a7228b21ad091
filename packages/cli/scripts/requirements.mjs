// Writes src/doctor/generated/requirements.ts: the rows of the requirements ledger that the doctor's checks name.
//   node packages/cli/scripts/requirements.mjs            write the file
//   node packages/cli/scripts/requirements.mjs --check    write nothing, exit 1 if the file is out of date
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const doctor = new URL('../src/doctor/', import.meta.url);
const ledger = new URL('../../../test/requirements/data/', import.meta.url);
const file = fileURLToPath(new URL('generated/requirements.ts', doctor));

const HEAD = `// Written by packages/cli/scripts/requirements.mjs from the requirements ledger. Do not edit.

/** A requirement of the specification. */
export interface Requirement {
  readonly level: 'MUST' | 'MUST NOT' | 'SHOULD' | 'SHOULD NOT';
  /** Page and heading below /specification/2026-07-28/. */
  readonly anchor: string;
  /** What follows for a server, in our own words. */
  readonly text: string;
}

/** The rows that checks name, by id. */
`;

const text = extract();
if (!process.argv.includes('--check')) writeFileSync(file, text);
else if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
  console.error(`${file} is out of date: run node packages/cli/scripts/requirements.mjs`);
  process.exitCode = 1;
}

function extract() {
  const rows = new Map(
    readdirSync(ledger)
      .flatMap((name) => JSON.parse(readFileSync(new URL(name, ledger), 'utf8')))
      .map((row) => [row.id, row]),
  );
  const entries = namedIds().map((id) => {
    const row = rows.get(id);
    if (row === undefined) throw new Error(`The ledger has no requirement ${id}.`);
    const members = ['level', 'anchor', 'text'].map((key) => `    ${key}: ${JSON.stringify(row[key])},\n`);
    return `  '${id}': {\n${members.join('')}  },\n`;
  });
  return `${HEAD}export const REQUIREMENTS: Readonly<Record<string, Requirement>> = {\n${entries.join('')}};\n`;
}

/** Every id that stands as a text in a module of checks. */
function namedIds() {
  const areas = new URL('areas/', doctor);
  const source = readdirSync(areas)
    .map((name) => readFileSync(new URL(name, areas), 'utf8'))
    .join('\n');
  return [...new Set([...source.matchAll(/'([A-Z]+-\d{3})'/g)].map(([, id]) => id))].sort();
}

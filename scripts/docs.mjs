// Writes the pages of docs/reference that are made from the source.
//   node scripts/docs.mjs            write them
//   node scripts/docs.mjs --check    write nothing, exit 1 if one is out of date
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { referencePages } from './reference/pages.mjs';

const flags = process.argv.slice(2);
for (const flag of flags) {
  if (flag !== '--check') {
    console.error(`unknown option ${flag}; the only one is --check`);
    process.exit(2);
  }
}
const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', 'docs', 'reference');
for (const [name, text] of Object.entries(referencePages())) {
  const file = path.join(folder, name);
  if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
  if (flags.includes('--check')) {
    console.error(`docs/reference/${name} is out of date: run node scripts/docs.mjs`);
    process.exitCode = 1;
  } else {
    writeFileSync(file, text);
    console.log(`wrote docs/reference/${name}`);
  }
}

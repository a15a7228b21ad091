#!/usr/bin/env node
// Writes generated/ (the schema of the configuration, the document of the admin API) and their pages in docs/reference from
// the source. Needs built packages.
//   node packages/gateway/scripts/config-reference.mjs            write them
//   node packages/gateway/scripts/config-reference.mjs --check    write nothing, exit 1 if one is out of date
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ADMIN_API, CONFIG_SCHEMA } from '@switchyard/gateway';
import { adminPage, documentText } from './admin-page.mjs';
import { configPage, schemaText } from './config-page.mjs';

const flags = process.argv.slice(2);
for (const flag of flags) {
  if (flag !== '--check') {
    console.error(`unknown option ${flag}; the only one is --check`);
    process.exit(2);
  }
}
const files = {
  '../generated/config.schema.json': schemaText(CONFIG_SCHEMA),
  '../generated/admin.openapi.json': documentText(ADMIN_API),
  '../../../docs/reference/gateway-config.md': configPage(CONFIG_SCHEMA),
  '../../../docs/reference/admin-api.md': adminPage(ADMIN_API),
};
for (const [name, text] of Object.entries(files)) {
  const file = fileURLToPath(new URL(name, import.meta.url));
  if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
  if (flags.includes('--check')) {
    console.error(`${file} is out of date: run node packages/gateway/scripts/config-reference.mjs`);
    process.exitCode = 1;
  } else {
    writeFileSync(file, text);
    console.log(`wrote ${file}`);
  }
}

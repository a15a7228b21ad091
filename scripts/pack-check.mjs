// Packs every package as npm would publish it, looks at what is inside, installs the tarballs side by side in an empty
// folder with nothing but what they declare, and uses them: every entry is imported, and a consumer is type-checked.
//   node scripts/pack-check.mjs [--keep]     --keep leaves the folder there and prints where it is
import { spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from './ensure.mjs';
import { consume } from './pack/consume.mjs';
import { contentFaults, mapFaults } from './pack/content.mjs';
import { install } from './pack/install.mjs';
import { lint } from './pack/lint.mjs';
import { packAll, packageFolders } from './pack/pack.mjs';
import { removeStale } from './pack/stale.mjs';

const keep = process.argv.includes('--keep');
const unknown = process.argv.slice(2).find((argument) => argument !== '--keep');
if (unknown !== undefined) {
  console.error(`unknown option ${unknown}; the only one is --keep`);
  process.exit(2);
}

build();
for (const file of removeStale(root)) console.log(`removed ${file}: no source makes it any more`);
// Outside of the repository, so that nothing is found in its node_modules by accident.
const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'switchyard-pack-')));
try {
  const packages = packAll(root, folder);
  install(packages, { root, folder });
  const faults = [
    ...packages.flatMap((each) => contentFaults(each, packages)),
    ...packages.flatMap(mapFaults),
    ...(await Promise.all(packages.map(lint))).flat(),
    ...(await consume(packages, { root, folder })),
  ];
  for (const fault of faults) console.error(fault);
  const entries = packages.flatMap((each) => each.entries);
  console.log(`${packages.length} packages, ${entries.length} entries, ${faults.length} faults`);
  process.exitCode = faults.length === 0 ? 0 : 1;
} finally {
  if (keep) console.log(folder);
  else rmSync(folder, { recursive: true });
}

// ---

function build() {
  const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
  const args = [tsc, '-b', ...packageFolders(root), '--pretty', 'false'];
  const { status, stdout } = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: 'utf8',
  });
  if (status === 0) return;
  console.error(stdout);
  process.exit(1);
}

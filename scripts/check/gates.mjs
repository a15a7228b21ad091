// What must hold besides the tests. A gate is a command that exits with 0.
import path from 'node:path';
import { root } from '../ensure.mjs';

const bin = (file) => [process.execPath, path.join(root, 'node_modules', file)];
const tsc = bin('typescript/bin/tsc');

/** Runs before everything else: the other gates and the tests need what it makes. */
export const BUILD = { name: 'build', command: [...tsc, '-b'] };

/** Scripts that write a page from the code; with --check they only say whether it is up to date. */
const PAGES = [
  'scripts/docs.mjs',
  'test/requirements/report.mjs',
  'packages/cli/scripts/requirements.mjs',
  'packages/cli/scripts/reference.mjs',
  'packages/gateway/scripts/config-reference.mjs',
];

/** Gates that do not depend on each other. */
export const GATES = [
  { name: 'types', command: [...tsc, '-p', 'tsconfig.types.json'] },
  { name: 'lint and format', command: [...bin('@biomejs/biome/bin/biome'), 'ci', '.'] },
  { name: 'unused code', command: [...bin('knip/bin/knip.js'), '--no-progress'] },
  ...PAGES.map((page) => ({
    name: `page of ${page}`,
    command: [process.execPath, path.join(root, page), '--check'],
  })),
];

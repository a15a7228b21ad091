// Packs every package as npm would publish it, for projects outside of the repository:
//   npm run pack -- [folder]     default: packed
// Installs and builds what is missing. Then, elsewhere: npm install <folder>/*.tgz
import { mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { ensureBuilt, ensureInstalled, run } from './ensure.mjs';

const [given = 'packed', ...others] = process.argv.slice(2);
if (others.length > 0 || given.startsWith('-')) {
  console.error('usage: npm run pack -- [folder]');
  process.exit(2);
}
// npm runs this in the repository's root, and says where it was called.
const folder = path.resolve(process.env.INIT_CWD ?? '.', given);

ensureInstalled();
ensureBuilt();
mkdirSync(folder, { recursive: true });
run('npm', ['pack', '--workspaces', '--pack-destination', folder, '--loglevel=error'], {
  stdio: ['ignore', 'ignore', 2],
});
const count = readdirSync(folder).filter((file) => file.endsWith('.tgz')).length;
console.log(`${count} packages in ${folder}`);
console.log(`In a project of your own: npm install ${path.join(folder, '*.tgz')}`);

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

/** The folders of the packages that git keeps, such as `packages/wire`. */
export function packageFolders(root) {
  const { stdout } = spawnSync('git', ['ls-files', 'packages/*/package.json'], {
    cwd: root,
    encoding: 'utf8',
  });
  return stdout.split('\n').flatMap((file) => (file === '' ? [] : [path.posix.dirname(file)]));
}

/**
 * Packs every package into `folder`. For each: its name, manifest, the paths in its tarball, the tarball, where it is going
 * to be unpacked, and its entries: specifier and the target of every condition.
 */
export function packAll(root, folder) {
  const chosen = packageFolders(root).flatMap((each) => ['--workspace', each]);
  const args = ['pack', ...chosen, '--json', '--ignore-scripts', '--pack-destination', folder];
  const { status, stdout, stderr } = spawnSync('npm', args, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`npm pack failed:\n${stderr}`);
  return Object.values(JSON.parse(stdout)).map(({ name, filename, files }) => {
    const short = name.replace('@switchyard/', '');
    const manifest = JSON.parse(readFileSync(path.join(root, 'packages', short, 'package.json'), 'utf8'));
    return {
      name,
      short,
      manifest,
      files: files.map((file) => file.path),
      tarball: path.join(folder, path.basename(filename)),
      target: path.join(folder, 'packages', short),
      entries: entriesOf(manifest),
    };
  });
}

// ---

function entriesOf({ name, exports }) {
  return Object.entries(exports).map(([key, target]) => ({
    specifier: path.posix.join(name, key),
    targets: typeof target === 'string' ? [target] : Object.values(target),
    isModule: typeof target !== 'string',
  }));
}

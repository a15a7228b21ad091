import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';

/**
 * Unpacks the tarballs side by side and gives each package exactly the dependencies that it declares: the other tarballs, and
 * what the repository has installed. The consumer's folder has all packages and nothing else. No network is needed.
 */
export function install(packages, { root, folder }) {
  for (const { tarball, target } of packages) {
    mkdirSync(target, { recursive: true });
    const { status, stderr } = spawnSync('tar', ['-xzf', tarball, '-C', target, '--strip-components=1'], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`tar failed:\n${stderr}`);
  }
  const targets = new Map(packages.map(({ name, target }) => [name, target]));
  for (const { short, manifest, target } of packages) {
    for (const dependency of Object.keys(manifest.dependencies ?? {})) {
      link(
        targets.get(dependency) ?? installed(root, short, dependency),
        path.join(target, 'node_modules', dependency),
      );
    }
  }
  const consumer = path.join(folder, 'consumer', 'node_modules');
  for (const [name, target] of targets) link(target, path.join(consumer, name));
  link(installed(root, '', '@types/node'), path.join(consumer, '@types/node'));
}

// ---

function installed(root, short, dependency) {
  const places = [path.join(root, 'packages', short, 'node_modules'), path.join(root, 'node_modules')];
  const place = places.map((folder) => path.join(folder, dependency)).find((folder) => existsSync(folder));
  if (place === undefined) throw new Error(`${dependency} is not installed`);
  return place;
}

function link(target, place) {
  mkdirSync(path.dirname(place), { recursive: true });
  symlinkSync(target, place, 'junction');
}

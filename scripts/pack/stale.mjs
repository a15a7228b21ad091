import { existsSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';

/** Removes build output whose source is gone, which a build leaves behind; returns what it removed. */
export function removeStale(root) {
  const packages = readdirSync(path.join(root, 'packages')).map((name) => path.join('packages', name));
  return packages
    .filter((folder) => existsSync(path.join(root, folder, 'dist')))
    .flatMap((folder) =>
      readdirSync(path.join(root, folder, 'dist'), { recursive: true }).map((file) => ({ folder, file })),
    )
    .filter(({ folder, file }) => isStale(path.join(root, folder), file))
    .map(({ folder, file }) => path.join(folder, 'dist', file))
    .map((file) => {
      rmSync(path.join(root, file));
      return file;
    });
}

// ---

function isStale(folder, file) {
  const [, stem] = /^(.+?)(?:\.d\.ts|\.js)(?:\.map)?$/.exec(file) ?? [];
  return stem !== undefined && !existsSync(path.join(folder, 'src', `${stem}.ts`));
}

import { readFileSync } from 'node:fs';
import path from 'node:path';

const ALWAYS = ['package.json', 'README.md', 'LICENSE'];
const NOT_SHIPPED =
  /\.test(-d)?\.|\.tsbuildinfo$|(^|\/)(test|tests|test-data|spec-examples|scripts|node_modules)\//;

/** What a tarball has and should not have, and the other way about. */
export function contentFaults({ name, manifest, files, entries }, packages) {
  const inside = new Set(files);
  const roots = (manifest.files ?? []).filter((pattern) => !pattern.startsWith('!'));
  const belongs = (file) =>
    ALWAYS.includes(file) || roots.some((top) => file === top || file.startsWith(`${top}/`));
  const needed = [
    ...ALWAYS,
    ...entries.flatMap(({ targets }) => targets.map(withoutDot)),
    ...Object.values(manifest.bin ?? {}).map(withoutDot),
    ...files.filter((file) => /^dist\/.*\.js$/.test(file)).map((file) => file.replace(/\.js$/, '.d.ts')),
  ];
  return [
    ...files.filter((file) => NOT_SHIPPED.test(file)).map((file) => `${name}: ships ${file}`),
    ...files
      .filter((file) => !belongs(file))
      .map((file) => `${name}: ships ${file}, which "files" does not name`),
    ...[...new Set(needed)].filter((file) => !inside.has(file)).map((file) => `${name}: lacks ${file}`),
    ...siblingFaults(manifest, packages),
  ];
}

/** Source maps of an unpacked package that point to what is not in it. */
export function mapFaults({ name, files, target }) {
  const inside = new Set(files);
  return files
    .filter((file) => file.endsWith('.map'))
    .flatMap((file) => {
      const { sources } = JSON.parse(readFileSync(path.join(target, file), 'utf8'));
      const missing = sources
        .map((source) => path.posix.join(path.posix.dirname(file), source))
        .filter((source) => !inside.has(source));
      return missing.map((source) => `${name}: ${file} points to ${source}, which is not shipped`);
    });
}

// ---

/** Packages of one release need each other in exactly that version. */
function siblingFaults({ name, dependencies = {} }, packages) {
  const versions = new Map(packages.map((each) => [each.name, each.manifest.version]));
  return Object.entries(dependencies)
    .filter(([dependency, version]) => versions.has(dependency) && versions.get(dependency) !== version)
    .map(
      ([dependency, version]) =>
        `${name}: needs ${dependency} ${version}, but ${versions.get(dependency)} is packed`,
    );
}

function withoutDot(target) {
  return target.replace(/^\.\//, '');
}

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { importsOf, type Node, parse } from './syntax.ts';

/** The repository's root folder. */
export const ROOT: string = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

/** One source file of a package. */
export interface Module {
  /** Relative to the repository, with `/`. */
  readonly file: string;
  /** The package's folder name, such as `wire`. */
  readonly package: string;
  readonly source: string;
  readonly program: Node;
  readonly imports: readonly string[];
}

/** The folder names under `packages`. */
export function packageNames(): readonly string[] {
  const entries = readdirSync(path.join(ROOT, 'packages'), { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}

/** Every module that a package ships: its `src` without tests. */
export function shippedModules(name: string): readonly Module[] {
  return sourceFiles(`packages/${name}/src`)
    .filter((file) => !isTest(file))
    .map((file) => readModule(file, name));
}

/** Files with the endings under a folder of the repository, relative to it; build output and installed packages left out. */
export function sourceFiles(folder: string, endings: RegExp = /\.ts$/): readonly string[] {
  const files: string[] = [];
  const visit = (relative: string): void => {
    for (const entry of readdirSync(path.join(ROOT, relative), { withFileTypes: true })) {
      if (SKIPPED.has(entry.name)) continue;
      const child = `${relative}/${entry.name}`;
      if (entry.isDirectory()) visit(child);
      else if (endings.test(entry.name)) files.push(child);
    }
  };
  visit(folder);
  return files.sort();
}

/** Whether a file is a test of values or of types. */
export function isTest(file: string): boolean {
  return /\.test(-d)?\.ts$/.test(file);
}

/** What a module's import leads to: a file of the repository, or undefined for another package's name. */
export function resolveRelative(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  return path.posix.join(path.posix.dirname(from), specifier);
}

// ---

const SKIPPED: ReadonlySet<string> = new Set([
  'node_modules',
  'dist',
  'generated',
  '.cache',
  'spec-examples',
]);

function readModule(file: string, name: string): Module {
  const source = readFileSync(path.join(ROOT, file), 'utf8');
  const program = parse(source);
  return { file, package: name, source, program, imports: importsOf(program) };
}

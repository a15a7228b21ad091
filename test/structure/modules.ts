import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
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

/** The folder names of the packages that are kept: one that is only being begun is nobody's yet. */
export function packageNames(): readonly string[] {
  return keptFiles('packages/*/package.json').map((file) => path.posix.basename(path.posix.dirname(file)));
}

/** The files that git keeps, relative to the repository, by a pattern of git's. */
export function keptFiles(...patterns: readonly string[]): readonly string[] {
  const output = execFileSync('git', ['ls-files', '-z', '--', ...patterns], { cwd: ROOT, encoding: 'utf8' });
  return output.split('\0').filter((file) => file !== '' && existsSync(path.join(ROOT, file)));
}

/** Every module that a package ships: its `src` without tests. */
export function shippedModules(name: string): readonly Module[] {
  return sourceFiles(`packages/${name}/src`)
    .filter((file) => !isTest(file))
    .map((file) => readModule(file, name));
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

function readModule(file: string, name: string): Module {
  const source = readFileSync(path.join(ROOT, file), 'utf8');
  const program = parse(source);
  return { file, package: name, source, program, imports: importsOf(program) };
}

/** The TypeScript files under a folder of the repository, kept or not yet, relative to the repository. */
function sourceFiles(folder: string): readonly string[] {
  const files: string[] = [];
  const visit = (relative: string): void => {
    for (const entry of readdirSync(path.join(ROOT, relative), { withFileTypes: true })) {
      const child = `${relative}/${entry.name}`;
      if (entry.isDirectory()) visit(child);
      else if (entry.name.endsWith('.ts')) files.push(child);
    }
  };
  visit(folder);
  return files.sort();
}

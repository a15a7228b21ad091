import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ROOT } from './command.ts';

/** A folder with somebody's server in it. */
export interface Project extends Disposable {
  readonly folder: string;
  /** Writes a file as editors do: another file takes the place of the one before. */
  write(file: string, text: string): void;
  remove(file: string): void;
}

/** Makes a project of these files, with the packages of the workspace installed. */
export function project(files: Readonly<Record<string, string>>): Project {
  const folder = mkdtempSync(path.join(tmpdir(), 'switchyard-project-'));
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
  const write = (file: string, text: string): void => {
    const target = path.join(folder, file);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(`${target}.new`, text);
    renameSync(`${target}.new`, target);
  };
  for (const [file, text] of Object.entries(files)) write(file, text);
  return {
    folder,
    write,
    remove: (file) => rmSync(path.join(folder, file)),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

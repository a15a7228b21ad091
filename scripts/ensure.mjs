// Installs and builds whatever is missing or out of date, and says so only when it does something.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** Runs a command in the repository's root with the caller's terminal; exits with its code when it fails. */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (result.error) throw result.error;
  if (result.status !== 0) process.exit(result.status ?? 1);
}

const lockDigest = (folder) =>
  createHash('sha256')
    .update(readFileSync(path.join(folder, 'package-lock.json')))
    .digest('hex');

/** Installs a folder's dependencies from its lock file unless that very lock file is installed already. */
export function ensureInstalled(folder = root) {
  const marker = path.join(folder, 'node_modules', '.switchyard-lock');
  const want = lockDigest(folder);
  if (existsSync(marker) && readFileSync(marker, 'utf8') === want) return;
  console.error(`Installing dependencies of ${path.relative(root, folder) || 'the workspace'} …`);
  // Not `npm ci`: it refuses a lock file that lacks other platforms' optional packages, and empties a folder in use.
  const quiet = ['--no-save', '--no-audit', '--no-fund', '--loglevel=error'];
  run('npm', ['install', ...quiet], { cwd: folder, stdio: ['ignore', 2, 2] });
  mkdirSync(path.dirname(marker), { recursive: true });
  writeFileSync(marker, want);
}

/** Builds these projects and what they depend on, or everything; incremental, so a second run costs about a second. */
export function ensureBuilt(...projects) {
  const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
  run(process.execPath, [tsc, '-b', ...projects], { stdio: ['ignore', 2, 2] });
}

/** True for a file that exists and is not empty. */
export const present = (file) => existsSync(file) && statSync(file).size > 0;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  // Folders to install by themselves may be named; without any, the workspace is installed and built.
  const folders = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
  for (const folder of folders) ensureInstalled(path.join(root, folder));
  if (folders.length === 0) {
    ensureInstalled();
    ensureBuilt();
  }
}

// Installs and builds whatever is missing or out of date, and says so only when it does something.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync, mkdirSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import path from 'node:path';

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** Runs a command in the repository's root with the caller's terminal; exits with its code when it fails. */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (result.error) throw result.error;
  if (result.status !== 0) process.exit(result.status ?? 1);
}

const lockDigest = (folder) =>
  createHash('sha256').update(readFileSync(path.join(folder, 'package-lock.json'))).digest('hex');

/** Installs a folder's dependencies from its lock file unless that very lock file is installed already. */
export function ensureInstalled(folder = root) {
  const marker = path.join(folder, 'node_modules', '.switchyard-lock');
  const want = lockDigest(folder);
  if (existsSync(marker) && readFileSync(marker, 'utf8') === want) return;
  console.error(`Installing dependencies of ${path.relative(root, folder) || 'the workspace'} …`);
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder, stdio: ['ignore', 2, 2] });
  mkdirSync(path.dirname(marker), { recursive: true });
  writeFileSync(marker, want);
}

/** Builds every package; incremental, so a second run costs about a second. */
export function ensureBuilt() {
  run(process.execPath, [path.join(root, 'node_modules/typescript/bin/tsc'), '-b'], { stdio: ['ignore', 2, 2] });
}

/** True for a file that exists and is not empty. */
export const present = (file) => existsSync(file) && statSync(file).size > 0;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  ensureInstalled();
  ensureBuilt();
}

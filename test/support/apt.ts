import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const APT = '/usr/bin/apt-get';

/**
 * The program at the first of these places that exists, installed by apt as `name` where it is at none of them and this is
 * root of a Debian; `undefined` where it is not to be had.
 */
export function programOf(name: string, places: readonly string[]): string | undefined {
  const find = () => places.find((place) => existsSync(place));
  return find() ?? (install(name) ? find() : undefined);
}

// ---

function install(name: string): boolean {
  if (!existsSync(APT) || process.getuid?.() !== 0) return false;
  console.error(`Installing ${name} …`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const run = (...args: string[]) => execFileSync(APT, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  try {
    run('update', '-qq');
    run('install', '-y', '-qq', '--no-install-recommends', name);
    return true;
  } catch (error) {
    console.error(`${name} could not be installed: ${String(error)}`);
    return false;
  }
}

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/opt/google/chrome/chrome',
];
const APT = '/usr/bin/apt-get';

/**
 * A headless Chromium, or why there is none: the one of the system, installed by apt where this is root of a Debian without
 * one. `CHROMIUM` names another. Only addresses of this machine are reached.
 */
export async function launchBrowser(): Promise<Browser | string> {
  const executablePath = process.env['CHROMIUM'] ?? PLACES.find((place) => existsSync(place)) ?? install();
  if (executablePath === undefined) return 'there is no Chromium, and no apt that could install one';
  // Its sandbox is not to be had by root; what is shown are pages of our own.
  const args = [
    '--no-sandbox',
    '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1',
  ];
  return chromium.launch({ executablePath, args });
}

function install(): string | undefined {
  if (!existsSync(APT) || process.getuid?.() !== 0) return undefined;
  console.error('Installing Chromium …');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const run = (...args: string[]) => execFileSync(APT, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  try {
    run('update', '-qq');
    run('install', '-y', '-qq', '--no-install-recommends', 'chromium');
  } catch (error) {
    console.error(`Chromium could not be installed: ${String(error)}`);
    return undefined;
  }
  return PLACES.find((place) => existsSync(place));
}

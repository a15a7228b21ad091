import { type Browser, chromium } from 'playwright-core';
import { programOf } from './apt.ts';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/opt/google/chrome/chrome',
];

/**
 * A headless Chromium, or why there is none: the one of the system, installed by apt where this is root of a Debian without
 * one. `CHROMIUM` names another. Only addresses of this machine are reached.
 */
export async function launchBrowser(): Promise<Browser | string> {
  const executablePath = process.env['CHROMIUM'] ?? programOf('chromium', PLACES);
  if (executablePath === undefined) return 'there is no Chromium, and no apt that could install one';
  // Its sandbox is not to be had by root; what is shown are pages of our own.
  const args = [
    '--no-sandbox',
    '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1',
  ];
  return chromium.launch({ executablePath, args });
}

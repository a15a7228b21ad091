import { spawn } from 'node:child_process';

/**
 * Shows a page in the user's browser. The URL is handed over as an argument, never through a shell. Rejects where there is no
 * browser to start, or for anything but http and https.
 */
export async function openBrowser(url: URL): Promise<void> {
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new TypeError('Only http and https pages are shown.');
  const [command, ...args] = launcher(process.platform, url.href);
  await new Promise<void>((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'ignore', detached: true, shell: false });
    child.once('error', reject);
    child.once('spawn', () => {
      child.unref();
      resolve();
    });
  });
}

/** The program that shows a page, and its arguments. */
export function launcher(platform: string, href: string): readonly [string, ...string[]] {
  if (platform === 'darwin') return ['open', href];
  // Not `start`: that is a word of a shell.
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler', href];
  return ['xdg-open', href];
}

import { readFileSync } from 'node:fs';

/** The version of this package, as its `package.json` has it. */
export function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  }; // our own file
  return version;
}

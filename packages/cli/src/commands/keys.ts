import { Command } from 'commander';
import type { KeysSettings } from '../keys/run.ts';
import type { Terminal } from '../terminal.ts';

/** `switchyard keys`. */
export function keysCommand(terminal: Terminal): Command {
  return new Command('keys')
    .summary('make a fresh key for SWITCHYARD_KEYS')
    .description(DESCRIPTION)
    .option('--id <id>', 'name the key: 1 to 64 characters of A-Z a-z 0-9 . _ - (default: a random name)')
    .addHelpText('after', EXAMPLES)
    .action(async (settings: KeysSettings) => {
      const { runKeys } = await import('../keys/run.ts');
      runKeys(settings, terminal);
    });
}

const DESCRIPTION = `Prints a fresh random key for SWITCHYARD_KEYS to standard output, and how to rotate keys to standard error.

The key seals the state that a server hands to its callers between two rounds of a request. Every instance of a \
server needs the same keys. Whoever has them can forge that state: keep them as you keep passwords.`;

const EXAMPLES = `
Examples:
  $ export SWITCHYARD_KEYS="$(switchyard keys)"
  $ switchyard keys --id 2026-08`;

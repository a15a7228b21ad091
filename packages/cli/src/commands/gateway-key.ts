import { Command } from 'commander';
import type { GatewayKeySettings } from '../gateway-key/run.ts';
import type { Terminal } from '../terminal.ts';

/** `switchyard gateway-key`. */
export function gatewayKeyCommand(terminal: Terminal): Command {
  return new Command('gateway-key')
    .summary('make an API key for a caller of a gateway')
    .description(DESCRIPTION)
    .argument('<name>', 'who calls with it, for quotas, policy and records')
    .option('--tenant <tenant>', 'the tenant of the caller')
    .option('--scope <scope...>', 'what the key permits')
    .option('--server <server...>', 'the only servers that it opens (default: all)')
    .option(
      '--expires <date>',
      'from when on it does not count: 2027-01-31, or a date and time with its offset',
    )
    .addHelpText('after', EXAMPLES)
    .action(async (name: string, settings: GatewayKeySettings) => {
      const { runGatewayKey } = await import('../gateway-key/run.ts');
      runGatewayKey(name, settings, terminal);
    });
}

const DESCRIPTION = `Prints a fresh API key to standard output, and to standard error the line that belongs into identify.keys of the \
gateway's configuration, or into the file that it names.

The gateway keeps the hash of a key. A key that has leaked is revoked by taking its line out: a gateway that watches its \
configuration knows at once.`;

const EXAMPLES = `
Examples:
  $ switchyard gateway-key ci
  $ switchyard gateway-key ci --tenant acme --scope tools:read tools:write --expires 2027-01-31`;

import { Command, InvalidArgumentError, Option } from 'commander';
import type { LoginSettings } from '../login/run.ts';
import type { Terminal } from '../terminal.ts';

/** `switchyard login`. */
export function loginCommand(terminal: Terminal): Command {
  return new Command('login')
    .summary('sign in to a server that wants a token')
    .description(DESCRIPTION)
    .argument('<url>', 'the MCP endpoint')
    .option('--device', 'sign in on another device, with a code')
    .option('--no-browser', 'only print the page to sign in on')
    .option('--scope <scope>', 'ask for a further scope (repeatable)', addScope)
    .addOption(
      new Option(
        '--client-id <id>',
        'an identity that the authorization server knows, or the https URL of client metadata',
      ).env('SWITCHYARD_CLIENT_ID'),
    )
    .option('--port <number>', 'port of 127.0.0.1 to come back to; 0 takes any free one', toPort, 0)
    .option('--forget', 'forget the token for this server')
    .addHelpText('after', EXAMPLES)
    .action(async (url: string, settings: LoginSettings) => {
      const { runLogin } = await import('../login/run.ts');
      process.exitCode = await runLogin(url, settings, terminal);
    });
}

const DESCRIPTION = `Signs in to a server, by browser or on another device, and keeps the token in a file that only you can read. The other \
commands then send it to this very URL, and renew it where it has expired; --token overrides it.

The server says which authorization server it trusts. Without --client-id the command registers itself there, where that \
is allowed.`;

const EXAMPLES = `
Environment:
  SWITCHYARD_CLIENT_ID      as --client-id, also when a token is renewed
  SWITCHYARD_CLIENT_SECRET  the secret of that identity, where it has one
  SWITCHYARD_CREDENTIALS    the file that tokens are kept in

Examples:
  $ switchyard login https://mcp.example.com/mcp
  $ switchyard login https://mcp.example.com/mcp --device
  $ switchyard login https://mcp.example.com/mcp --forget`;

function addScope(text: string, before: readonly string[] = []): readonly string[] {
  if (!/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(text))
    throw new InvalidArgumentError('A scope has no spaces or quotes.');
  return [...before, text];
}

function toPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw new InvalidArgumentError('A port is a whole number from 0 to 65535.');
  return port;
}

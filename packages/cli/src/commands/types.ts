import { Command, Option } from 'commander';
import type { Terminal } from '../terminal.ts';
import type { TypesSettings } from '../types/run.ts';
import { addHeader, toSeconds } from './options.ts';

/** `switchyard types`. */
export function typesCommand(terminal: Terminal): Command {
  return new Command('types')
    .summary("write TypeScript types of a server's tools")
    .description(DESCRIPTION)
    .argument('<url>', 'the MCP endpoint')
    .option('-o, --out <file>', 'the file to write (default: standard output)')
    .option('--check', 'write nothing; exit with 1 if the file is out of date')
    .option('-H, --header <header>', 'send a further header, written "name: value" (repeatable)', addHeader)
    .addOption(new Option('--token <token>', 'send it as a bearer token').env('SWITCHYARD_TOKEN'))
    .option('--timeout <seconds>', 'give up when nothing has been heard for so long', toSeconds, 60)
    .addHelpText('after', EXAMPLES)
    .action(async (url: string, settings: TypesSettings) => {
      const { runTypes } = await import('../types/run.ts');
      process.exitCode = await runTypes(url, settings, terminal);
    });
}

const DESCRIPTION = `Writes a TypeScript module with the types of the arguments and the structured content of every tool that the server \
lists, for createClient<Tools>(…) of @switchyard/client.

The same tools make the same text, whatever the order in which they are listed. Types say what they can of a JSON \
Schema; bounds, patterns and conditions stay with the server, which checks them.`;

const EXAMPLES = `
Examples:
  $ switchyard types http://127.0.0.1:3000/mcp --out src/tools.ts
  $ switchyard types https://mcp.example.com/mcp --out src/tools.ts --check

Then:
  import { createClient } from '@switchyard/client/node';
  import type { Tools } from './tools.ts';
  const client = createClient<Tools>({ url: 'http://127.0.0.1:3000/mcp' });
  const { structuredContent } = await client.callTool('add', { a: 1, b: 2 });`;

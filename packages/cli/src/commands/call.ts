import { Command, Option } from 'commander';
import type { CallSettings } from '../call/run.ts';
import type { Terminal } from '../terminal.ts';
import { addHeader, toArguments, toSeconds } from './options.ts';

/** `switchyard call`. */
export function callCommand(terminal: Terminal): Command {
  return (
    new Command('call')
      .summary('call one tool of a server and print what it returns')
      .description(DESCRIPTION)
      .argument('<url>', 'the MCP endpoint')
      .argument('[tool]', "the tool's name")
      .argument('[key=value...]', 'arguments, read as the types that the tool declares')
      .option('--args <json>', 'arguments as one JSON object; key=value pairs are put on top', toArguments)
      .option('--json', "print the tool's result as JSON, just as it came")
      .option('-H, --header <header>', 'send a further header, written "name: value" (repeatable)', addHeader)
      .addOption(new Option('--token <token>', 'send it as a bearer token').env('SWITCHYARD_TOKEN'))
      .option(
        '--timeout <seconds>',
        'give up when nothing has been heard for so long; 0 waits for ever',
        toSeconds,
        60,
      )
      .option('--detach', 'where the call becomes a task, print its reference and leave it to itself')
      .option('--resume <reference>', 'go on with a task that --detach has left')
      .addHelpText('after', EXAMPLES)
      // biome-ignore lint/complexity/useMaxParams: commander gives arguments and options so.
      .action(async (url: string, tool: string | undefined, pairs: string[], settings: CallSettings) => {
        const { runCall } = await import('../call/run.ts');
        process.exitCode = await runCall({ url, tool, pairs }, settings, terminal);
      })
  );
}

const DESCRIPTION = `Calls one tool and prints what it returns: texts as they are, structured content as JSON. \
Without a tool's name it says which tools there are.

The tool is looked up first, so that values are read as its input schema says and parameters that the schema wants in \
headers are sent there too. Objects and lists are written as JSON; a list can also be given item by item, with the key \
repeated. Questions that the tool asks (elicitation) are asked here if this is a terminal. Progress goes to standard \
error.

A call that goes on at the server as a task is followed to its end: its states go to standard error, Ctrl-C has it cancelled.`;

const EXAMPLES = `
Examples:
  $ switchyard call http://127.0.0.1:8080/mcp whoami
  $ switchyard call http://127.0.0.1:3000/mcp add a=2 b=3
  $ switchyard call http://127.0.0.1:3000/mcp search query="red shoes" tags=new tags=sale
  $ switchyard call http://127.0.0.1:3000/mcp search --args '{"query": "red shoes", "limit": 5}'
  $ ref=$(switchyard call http://127.0.0.1:3000/mcp import file=orders.csv --detach)
  $ switchyard call http://127.0.0.1:3000/mcp --resume "$ref"
  $ switchyard call https://mcp.example.com/mcp report --json --token "$TOKEN" | jq .structuredContent

Exit codes: 0 the tool answered, 1 the call or the tool failed, 2 the tool asks a question and this
is no terminal.`;

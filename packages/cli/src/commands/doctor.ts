import { Command, InvalidArgumentError, Option } from 'commander';
import type { DoctorSettings } from '../doctor/run.ts';
import type { Terminal } from '../terminal.ts';
import { addHeader, toArguments, toSeconds } from './options.ts';

/** `switchyard doctor`. */
export function doctorCommand(terminal: Terminal): Command {
  return new Command('doctor')
    .summary('examine a server and say what is wrong with it')
    .description(DESCRIPTION)
    .argument('<url>', 'the MCP endpoint')
    .option('--json', 'print the findings as JSON')
    .option('--strict', 'exit with 1 also where only something recommended is missing')
    .option('--tool <name>', 'a tool that may be called, for what only a call shows')
    .option('--args <json>', "the tool's arguments as one JSON object", toArguments)
    .option('-H, --header <header>', 'send a further header, written "name: value" (repeatable)', addHeader)
    .addOption(new Option('--token <token>', 'send it as a bearer token').env('SWITCHYARD_TOKEN'))
    .option('--timeout <seconds>', 'how long one answer may take', toLimit, 10)
    .option('--limit <seconds>', 'how long everything may take', toLimit, 120)
    .addHelpText('after', EXAMPLES)
    .action(async (url: string, settings: DoctorSettings) => {
      const { runDoctor } = await import('../doctor/run.ts');
      process.exitCode = await runDoctor(url, settings, terminal);
    });
}

const DESCRIPTION = `Examines a server of revision 2026-07-28 and says line by line what is right, what is wrong, which requirement \
that breaks, and how to mend it.

It sends about a hundred requests, good and bad, each on a connection of its own: discovery, versions, headers, _meta, \
errors, lists, cache hints, tool definitions, subscriptions, Origin and Host, and what the server and its authorization \
server publish about authorization. It reads one resource and gets one prompt. No tool is called unless --tool names \
one; that tool is then called several times, also with arguments that its schema forbids, and its questions are \
cancelled.`;

const EXAMPLES = `
Examples:
  $ switchyard doctor http://127.0.0.1:3000/mcp
  $ switchyard doctor http://127.0.0.1:3000/mcp --tool search --args '{"query": "shoes"}'
  $ switchyard doctor https://mcp.example.com/mcp --json | jq '.findings[] | select(.status == "wrong")'

Exit codes: 0 nothing is wrong, 1 something is (or the server is one of an earlier revision),
2 nothing answers.`;

function toLimit(text: string): number {
  const seconds = toSeconds(text);
  if (seconds === 0) throw new InvalidArgumentError('Give at least one second.');
  return seconds;
}

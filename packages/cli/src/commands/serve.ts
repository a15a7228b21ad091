import { Command, InvalidArgumentError, Option } from 'commander';
import type { ServeSettings } from '../serve/run.ts';
import type { Terminal } from '../terminal.ts';

/** `switchyard serve`. */
export function serveCommand(terminal: Terminal): Command {
  return new Command('serve')
    .summary('serve a server definition over HTTP or stdio')
    .description(DESCRIPTION)
    .argument('<file>', 'the definition: .ts, .mts, .js or .mjs')
    .option('-p, --port <number>', 'port to listen on; 0 takes any free one', toPort, 3000)
    .option(
      '--host <address>',
      'address to bind; beyond this machine the definition says its allowedHosts',
      '127.0.0.1',
    )
    .option('--path <path>', 'path of the MCP endpoint', toPath, '/mcp')
    .addOption(
      new Option('--stdio', 'speak over standard input and output instead of HTTP').conflicts([
        'port',
        'host',
        'path',
        'replicas',
      ]),
    )
    .option(
      '-r, --replicas <count>',
      'run this many processes behind a gateway, and replace those that die',
      toReplicas,
    )
    .option('--no-watch', 'do not reload when the definition changes')
    .option('--drain <seconds>', 'how long requests in flight get to finish when stopping', toSeconds, 10)
    .option('-q, --quiet', 'write warnings and errors only')
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, settings: ServeSettings) => {
      const { runServe } = await import('../serve/run.ts');
      await runServe(file, settings, terminal);
    });
}

const DESCRIPTION = `Serves a server definition over HTTP, or over stdio.

The file's default export is a server made by createServer, or a function that returns one (or a promise of one). \
A function is given { keys, transport, env, signal }: keys for requestState.keys, and a signal that is aborted when \
the definition is no longer in use. TypeScript is run without checking types.

When the file, or a file that it imports by path, changes, it is loaded again: requests in flight finish on the \
definition they started with, new ones go to the new one, open streams are told that lists have changed and end. \
A definition that cannot be loaded changes nothing; the reason is shown with its file and line.`;

const EXAMPLES = `
Environment:
  SWITCHYARD_KEYS  the keys that seal input rounds, the same on every instance ("switchyard keys"
                   makes one); left out, a random one is made that lasts as long as the process
  OTEL_EXPORTER_OTLP_ENDPOINT
                   where traces and metrics go over OTLP/HTTP, by the standard OTEL_ variables

Examples:
  $ switchyard serve server.ts
  $ switchyard serve server.ts --port 8080 --path /
  $ switchyard serve server.ts --replicas 3
  $ switchyard serve dist/server.js --host 0.0.0.0 --no-watch
  $ switchyard serve server.ts --stdio`;

const MOST_REPLICAS = 64;

function toPort(text: string): number {
  return toNumber(text, 65_535, 'A port is a whole number from 0 to 65535.');
}

function toReplicas(text: string): number {
  const count = toNumber(text, MOST_REPLICAS, `Replicas are a whole number from 1 to ${MOST_REPLICAS}.`);
  if (count === 0) throw new InvalidArgumentError('At least one replica is needed.');
  return count;
}

function toSeconds(text: string): number {
  return toNumber(text, 86_400, 'Give whole seconds, at most 86400.');
}

function toPath(text: string): string {
  if (!/^\/[^?#\s]*$/.test(text)) throw new InvalidArgumentError('A path begins with / and has no query.');
  return text;
}

function toNumber(text: string, most: number, wanted: string): number {
  const number = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
  if (!(number <= most)) throw new InvalidArgumentError(wanted);
  return number;
}

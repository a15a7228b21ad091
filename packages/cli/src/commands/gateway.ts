import { Command, Option } from 'commander';
import type { GatewaySettings } from '../gateway/run.ts';
import type { Terminal } from '../terminal.ts';

/** `switchyard gateway`. */
export function gatewayCommand(terminal: Terminal): Command {
  return new Command('gateway')
    .summary('run the gateway in front of MCP servers')
    .description(DESCRIPTION)
    .argument('<config>', 'the configuration file, YAML or JSON')
    .option('--check', 'only check the configuration and say what it serves')
    .option('--no-watch', 'do not reload when the configuration changes')
    .addOption(
      new Option('--log <format>', 'how events are written to standard error')
        .choices(['human', 'json'])
        .default('human'),
    )
    .option('--log-refusals', 'also write a line for every request that the gateway refuses')
    .addHelpText('after', EXAMPLES)
    .action(async (config: string, settings: GatewaySettings) => {
      const { runGateway } = await import('../gateway/run.ts');
      await runGateway(config, settings, terminal);
    });
}

const DESCRIPTION = `Runs the gateway that a configuration file describes.

The file is read again when it changes: new requests go by the new configuration, requests in flight finish on the \
one they started with. A configuration that is wrong changes nothing; every fault is shown with its line, column and \
key.

Where OTEL_EXPORTER_OTLP_ENDPOINT is set, traces and metrics go to it over OTLP/HTTP, by the standard OTEL_ variables.`;

const EXAMPLES = `
Examples:
  $ switchyard gateway gateway.yaml
  $ switchyard gateway gateway.yaml --check
  $ switchyard gateway gateway.yaml --log json --log-refusals

A configuration:
  listen: { port: 8080 }
  servers:
    weather:
      path: /mcp
      replicas: [http://127.0.0.1:3001/mcp, http://127.0.0.1:3002/mcp]`;

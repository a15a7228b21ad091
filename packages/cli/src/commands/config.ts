import { Command } from 'commander';
import type { Terminal } from '../terminal.ts';

/** `switchyard config`. */
export function configCommand(terminal: Terminal): Command {
  const config = new Command('config')
    .summary('check, explain and import gateway configurations')
    .description('Works on the configuration files of the gateway.')
    .addHelpText('after', EXAMPLES);
  for (const command of [validateCommand, explainCommand, importCommand])
    config.addCommand(command(terminal).helpOption('-h, --help', 'show help'));
  return config;
}

// ---

function validateCommand(terminal: Terminal): Command {
  return new Command('validate')
    .summary('say what is wrong with a configuration, by line, column and key')
    .description(
      'Reads a configuration and says everything that is wrong with it, by line, column and key; exit code 1 where something is. No server is asked, and secrets are not read.',
    )
    .argument('<config>', 'the configuration file, YAML or JSON')
    .action(async (file: string) => {
      const { runValidate } = await import('../config/run.ts');
      await runValidate(file, terminal);
    });
}

function explainCommand(terminal: Terminal): Command {
  return new Command('explain')
    .summary('say in words what a gateway does with a configuration')
    .description(
      'Says in words what a gateway does with a configuration: who may call, what is shared and kept, and where each path leads.',
    )
    .argument('<config>', 'the configuration file, YAML or JSON')
    .action(async (file: string) => {
      const { runExplain } = await import('../config/run.ts');
      await runExplain(file, terminal);
    });
}

function importCommand(terminal: Terminal): Command {
  return new Command('import')
    .summary("make a configuration of an MCP client's or a registry's file")
    .description(IMPORT)
    .argument(
      '<file>',
      "mcp.json, claude_desktop_config.json, VS Code's mcp.json or settings.json, or server.json",
    )
    .action(async (file: string) => {
      const { runImport } = await import('../config/import.ts');
      await runImport(file, terminal);
    });
}

const IMPORT = `Prints a gateway configuration with the servers of the file. Secrets are not carried over: where a client sent \
a header, the configuration refers to an environment variable. What could not be carried over stands in comments.`;

const EXAMPLES = `
Examples:
  $ switchyard config validate gateway.yaml
  $ switchyard config explain gateway.yaml
  $ switchyard config import ~/.config/Claude/claude_desktop_config.json > gateway.yaml`;

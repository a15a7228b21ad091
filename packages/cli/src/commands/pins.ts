import { Command } from 'commander';
import type { DecideSettings, ListSettings } from '../pins/run.ts';
import type { Terminal } from '../terminal.ts';

/** `switchyard pins`. */
export function pinsCommand(terminal: Terminal): Command {
  const pins = new Command('pins')
    .summary("decide on changed definitions of a gateway's servers")
    .description(DESCRIPTION)
    .addHelpText('after', EXAMPLES);
  for (const command of [listCommand, approveCommand, rejectCommand])
    pins.addCommand(command(terminal).helpOption('-h, --help', 'show help'));
  return pins;
}

// ---

function listCommand(terminal: Terminal): Command {
  return new Command('list')
    .summary('list what is pinned, and what waits for a decision')
    .description('Lists the definitions that are pinned, and those that wait for a decision.')
    .argument('<config>', 'the configuration file of the gateway')
    .option('--server <name>', 'only those of one server')
    .option('--waiting', 'only those that wait for a decision')
    .option('--json', 'print a JSON document instead of text')
    .action(async (config: string, settings: ListSettings) => {
      const { runPinsList } = await import('../pins/run.ts');
      await runPinsList(config, settings, terminal);
    });
}

function approveCommand(terminal: Terminal): Command {
  return decision(
    'approve',
    'Approves definitions as they were seen last; callers see and use them again.',
  ).action(async (config: string, settings: DecideSettings) => {
    const { runPinsDecision } = await import('../pins/run.ts');
    await runPinsDecision({ config, verb: 'approve', ...settings }, terminal);
  });
}

function rejectCommand(terminal: Terminal): Command {
  return decision('reject', 'Rejects definitions as they were seen last; they stay out of sight.').action(
    async (config: string, settings: DecideSettings) => {
      const { runPinsDecision } = await import('../pins/run.ts');
      await runPinsDecision({ config, verb: 'reject', ...settings }, terminal);
    },
  );
}

function decision(verb: string, description: string): Command {
  return new Command(verb)
    .summary(`${verb} definitions that wait for a decision`)
    .description(description)
    .argument('<config>', 'the configuration file of the gateway')
    .requiredOption('--server <name>', 'the server')
    .option('--tool <name...>', 'tools')
    .option('--prompt <name...>', 'prompts')
    .option('--template <uri...>', 'resource templates')
    .option('--page <uri...>', 'pages of MCP Apps')
    .option('--all', 'all that wait for a decision');
}

const DESCRIPTION = `Decides on the definitions that a gateway with \`integrity\` has quarantined, in the \`store\` of its configuration. Gateways \
that run learn of a decision within seconds.`;

const EXAMPLES = `
Examples:
  $ switchyard pins list gateway.yaml --waiting
  $ switchyard pins approve gateway.yaml --server weather --tool forecast
  $ switchyard pins reject gateway.yaml --server weather --all`;

import { Command } from 'commander';
import { auditCommand } from './commands/audit.ts';
import { callCommand } from './commands/call.ts';
import { configCommand } from './commands/config.ts';
import { doctorCommand } from './commands/doctor.ts';
import { gatewayCommand } from './commands/gateway.ts';
import { gatewayKeyCommand } from './commands/gateway-key.ts';
import { keysCommand } from './commands/keys.ts';
import { loginCommand } from './commands/login.ts';
import { pinsCommand } from './commands/pins.ts';
import { policyCommand } from './commands/policy.ts';
import { serveCommand } from './commands/serve.ts';
import { tasksCommand } from './commands/tasks.ts';
import { typesCommand } from './commands/types.ts';
import type { Terminal } from './terminal.ts';
import { packageVersion } from './version.ts';

/**
 * The `switchyard` command. Only what describes the subcommands is loaded here; what carries one out is loaded when it
 * is called, so that `--help` and `--version` answer at once.
 */
export function createProgram(terminal: Terminal): Command {
  const program = new Command('switchyard')
    .description('Serve, call and put a gateway in front of stateless MCP servers (revision 2026-07-28).')
    .version(packageVersion(), '-v, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help for a command')
    .showSuggestionAfterError()
    .addHelpText('after', EXAMPLES);
  for (const command of [
    serveCommand,
    gatewayCommand,
    gatewayKeyCommand,
    policyCommand,
    auditCommand,
    configCommand,
    pinsCommand,
    callCommand,
    tasksCommand,
    doctorCommand,
    typesCommand,
    loginCommand,
    keysCommand,
  ]) {
    program.addCommand(
      command(terminal).helpOption('-h, --help', 'show help').copyInheritedSettings(program),
    );
  }
  return program;
}

const EXAMPLES = `
Examples:
  $ switchyard serve server.ts
  $ switchyard call http://127.0.0.1:3000/mcp add a=2 b=3
  $ switchyard gateway gateway.yaml

"switchyard <command> --help" shows a command's options and examples.
Exit codes: 0 done, 1 failed, 2 a tool asks a question and there is no terminal (call) or
nothing answers (doctor), 130 stopped by a second Ctrl-C.`;

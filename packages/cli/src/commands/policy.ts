import { Command } from 'commander';
import type { ExplainSettings, TestSettings } from '../policy/run.ts';
import type { Terminal } from '../terminal.ts';

/** `switchyard policy`. */
export function policyCommand(terminal: Terminal): Command {
  const policy = new Command('policy')
    .summary("test a gateway's rules and explain what they say")
    .description(DESCRIPTION)
    .addHelpText('after', EXAMPLES);
  for (const command of [testCommand, explainCommand])
    policy.addCommand(command(terminal).helpOption('-h, --help', 'show help'));
  return policy;
}

// ---

function testCommand(terminal: Terminal): Command {
  return new Command('test')
    .summary('put a table of cases to the policy of a configuration')
    .description(
      'Puts a table of cases to the policy of a configuration; exit code 1 where one comes out otherwise.',
    )
    .argument('<config>', 'the configuration file of the gateway')
    .argument('<cases>', 'the cases, YAML or JSON')
    .option('--json', 'print a JSON document instead of text')
    .action(async (config: string, cases: string, settings: TestSettings) => {
      const { runPolicyTest } = await import('../policy/run.ts');
      process.exitCode = await runPolicyTest({ config, cases, ...settings }, terminal);
    });
}

function explainCommand(terminal: Terminal): Command {
  return new Command('explain')
    .summary('say what the policy decides on one request, and why')
    .description('Says what the policy decides on one request, and what each rule says of it.')
    .argument('<config>', 'the configuration file of the gateway')
    .argument('<method>', 'the method, such as tools/call')
    .option('--name <name>', "the server's own name of a tool or prompt, or a URI")
    .option('--server <name>', 'the server; needed where there are several')
    .option('--caller <json>', 'who asks: subject, tenant, scopes, claims, …', '{}')
    .option('--args <json>', 'the arguments', '{}')
    .option('--annotations <json>', 'what the server says of the tool: readOnlyHint, …')
    .option('--param <name=value...>', 'a parameter header, by the rest of its name')
    .option('--json', 'print a JSON document instead of text')
    .action(async (config: string, method: string, settings: ExplainSettings) => {
      const { runPolicyExplain } = await import('../policy/run.ts');
      await runPolicyExplain({ config, method, ...settings }, terminal);
    });
}

const DESCRIPTION = `Asks the policy of a gateway's configuration, without a gateway and without servers.`;

const EXAMPLES = `
Examples:
  $ switchyard policy test gateway.yaml policy-cases.yaml
  $ switchyard policy explain gateway.yaml tools/call --name query --server db --caller '{"subject":"ann","scopes":["read"]}'

A table of cases:
  cases:
    - name: analysts may query
      caller: { subject: ann, scopes: [read] }
      request: { method: tools/call, server: db, name: query, args: { table: sales } }
      expect: allowed
    - name: nobody drops tables
      caller: { subject: ann, scopes: [read, write] }
      request: { method: tools/call, server: db, name: drop }
      expect: denied
      rule: no-drop`;

import { Command, InvalidArgumentError, Option } from 'commander';
import type { ExportSettings } from '../audit/export.ts';
import type { QuerySettings } from '../audit/query.ts';
import type { VerifySettings } from '../audit/verify.ts';
import type { Terminal } from '../terminal.ts';

/** `switchyard audit`. */
export function auditCommand(terminal: Terminal): Command {
  const commands = [verifyCommand, queryCommand, exportCommand, pruneCommand, keyCommand];
  const audit = new Command('audit')
    .summary("verify, query and export a gateway's audit trail")
    .description(DESCRIPTION)
    .addHelpText('after', EXAMPLES);
  for (const command of commands) audit.addCommand(command(terminal).helpOption('-h, --help', 'show help'));
  return audit;
}

// ---

const TRAIL = 'a gateway configuration, a sqlite: or postgres:// URL, a SQLite file, or an export (.jsonl)';

function verifyCommand(terminal: Terminal): Command {
  return new Command('verify')
    .summary('say whether the trail is whole and unchanged')
    .description(
      'Says whether the trail is whole and unchanged, and names every record where it is not; exit code 1 then.',
    )
    .argument('<trail>', TRAIL)
    .option('--key <file>', 'the public keys (PEM) that checkpoints and anchors must be signed with')
    .option('--anchors <file>', 'anchors that were kept elsewhere, a line of JSON each')
    .option('--json', 'print the whole report as JSON')
    .action(async (trail: string, settings: VerifySettings) => {
      const { runVerify } = await import('../audit/verify.ts');
      await runVerify(trail, settings, terminal);
    });
}

function queryCommand(terminal: Terminal): Command {
  return filtered(
    new Command('query')
      .summary('show records')
      .description('Shows the newest records that fit every filter, a line each.')
      .argument('<trail>', TRAIL),
  )
    .option('--limit <n>', 'the most records shown', toCount, 100)
    .option('--oldest', 'the oldest first')
    .option('--json', 'print whole records, a line of JSON each')
    .action(async (trail: string, settings: QuerySettings) => {
      const { runQuery } = await import('../audit/query.ts');
      await runQuery(trail, settings, terminal);
    });
}

function exportCommand(terminal: Terminal): Command {
  return filtered(
    new Command('export')
      .summary('write records for other systems')
      .description('Writes all records that fit every filter, oldest first, in a format for other systems.')
      .argument('<trail>', TRAIL),
  )
    .addOption(
      new Option('--format <format>', 'jsonl can be verified again')
        .choices(['jsonl', 'cef', 'otlp'])
        .default('jsonl'),
    )
    .option('--to <url>', 'print nothing, and post OTLP logs there, such as http://127.0.0.1:4318/v1/logs')
    .option('--cursor <file>', 'begin after what was exported before, and note there how far it went')
    .action(async (trail: string, settings: ExportSettings) => {
      const { runExport } = await import('../audit/export.ts');
      await runExport(trail, settings, terminal);
    });
}

function pruneCommand(terminal: Terminal): Command {
  return new Command('prune')
    .summary('remove old records, up to a checkpoint, so that the rest can be verified')
    .description(
      'Removes the records that are older than a time, chain by chain, up to a checkpoint: it vouches for what was before it.',
    )
    .argument('<trail>', TRAIL)
    .requiredOption('--before <time>', 'remove what is older', toTime)
    .action(async (trail: string, { before }: { readonly before: number }) => {
      const { runPrune } = await import('../audit/prune.ts');
      await runPrune(trail, before, terminal);
    });
}

function keyCommand(terminal: Terminal): Command {
  return new Command('key')
    .summary('make a key to sign checkpoints with')
    .description(
      'Makes an Ed25519 key pair: one file signs checkpoints, and stays with the gateway; the other checks them. No file is overwritten.',
    )
    .argument('[name]', 'writes <name>.key and <name>.pub', 'audit')
    .action(async (name: string) => {
      const { runAuditKey } = await import('../audit/key.ts');
      await runAuditKey(name, terminal);
    });
}

function filtered(command: Command): Command {
  return command
    .option('--from <time>', 'from then on (ISO 8601, or milliseconds since 1970)', toTime)
    .option('--until <time>', 'before then', toTime)
    .option('--event <event>', 'request, turned-away, start, checkpoint …')
    .option('--subject <subject>', 'by that caller')
    .option('--tenant <tenant>', 'by callers of that tenant')
    .option('--method <method>', 'with that method')
    .option('--name <name>', 'of that tool, prompt or resource')
    .option('--server <server>', 'for that server')
    .option('--refused-for <reason>', 'refused for that reason')
    .addOption(
      new Option('--decision <decision>', 'where a stage decided so').choices([
        'allowed',
        'denied',
        'flagged',
      ]),
    )
    .option('--chain <chain>', 'of that chain');
}

function toTime(text: string): number {
  const time = /^\d+$/.test(text) ? Number(text) : Date.parse(text);
  if (Number.isNaN(time)) throw new InvalidArgumentError('Write it as 2026-11-26T10:00:00Z.');
  return time;
}

function toCount(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('Give a whole number from 1 to 999999.');
  return Number(text);
}

const DESCRIPTION = `Works on the audit trail that a gateway keeps under "store".

Verifying needs no running gateway: only the trail, the public key, and, to see that nothing was cut off its end, the \
anchors that were kept elsewhere.`;

const EXAMPLES = `
Examples:
  $ switchyard audit key audit
  $ switchyard audit verify gateway.yaml --key audit.pub --anchors anchors.jsonl
  $ switchyard audit query gateway.yaml --decision denied --from 2026-11-26T00:00:00Z
  $ switchyard audit export sqlite:./switchyard.db --format cef`;

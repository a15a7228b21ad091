import { Command, InvalidArgumentError, Option } from 'commander';
import type { ListSettings, PruneSettings, ShowSettings, StoreSettings } from '../tasks/settings.ts';
import type { Terminal } from '../terminal.ts';

/** `switchyard tasks`. */
export function tasksCommand(terminal: Terminal): Command {
  const tasks = new Command('tasks')
    .summary('look at the tasks of a store; cancel, retry and remove them')
    .description(DESCRIPTION)
    .addHelpText('after', EXAMPLES);
  for (const command of [listCommand, showCommand, cancelCommand, retryCommand, pruneCommand])
    tasks.addCommand(command(terminal).helpOption('-h, --help', 'show help'));
  return tasks;
}

// ---

function listCommand(terminal: Terminal): Command {
  return withStore('list')
    .summary('list tasks, the newest first')
    .description('Lists tasks, the newest first.')
    .addOption(new Option('--status <status>', 'only those that are so').choices(STATUSES))
    .option('--tool <name>', 'only those of this tool')
    .option('--owner <digest>', 'only those of this owner, as a task shows it')
    .option('--limit <number>', 'how many at the most', toCount, 50)
    .option('--after <place>', 'go on where a list ended, with the place that it gave')
    .action(async (settings: ListSettings) => {
      const { runList } = await import('../tasks/list.ts');
      await runList(settings, terminal);
    });
}

function showCommand(terminal: Terminal): Command {
  return withStore('show')
    .summary('show one task with its steps and questions')
    .description('Shows one task with its steps and questions. Contents show as their sizes only.')
    .argument('<id>', 'the task')
    .option('--contents', 'show params, results, questions and answers, too: they may hold secrets')
    .action(async (id: string, settings: ShowSettings) => {
      const { runShow } = await import('../tasks/show.ts');
      await runShow(id, settings, terminal);
    });
}

function cancelCommand(terminal: Terminal): Command {
  return withStore('cancel')
    .summary('cancel tasks, or ask their workers to')
    .description('Cancels tasks: at once where nobody works on them, else their worker is asked to.')
    .argument('<id...>', 'the tasks')
    .action(async (ids: string[], settings: StoreSettings) => {
      const { runCancel } = await import('../tasks/act.ts');
      process.exitCode = await runCancel(ids, settings, terminal);
    });
}

function retryCommand(terminal: Terminal): Command {
  return withStore('retry')
    .summary('make a new task of each failed one')
    .description(
      'Makes a new task of each failed one, with its steps and answers; the failed one stays as it is.',
    )
    .argument('<id...>', 'the tasks that failed')
    .action(async (ids: string[], settings: StoreSettings) => {
      const { runRetry } = await import('../tasks/act.ts');
      process.exitCode = await runRetry(ids, settings, terminal);
    });
}

function pruneCommand(terminal: Terminal): Command {
  return withStore('prune')
    .summary('remove tasks that are over')
    .description('Removes tasks that are over, before their time.')
    .requiredOption('--older-than <duration>', 'that have been over for so long: 30m, 12h, 7d', toDuration)
    .addOption(new Option('--status <status>', 'only those that ended so').choices(ENDS))
    .action(async (settings: PruneSettings) => {
      const { runPrune } = await import('../tasks/act.ts');
      await runPrune(settings, terminal);
    });
}

function withStore(name: string): Command {
  return new Command(name)
    .addOption(
      new Option('--store <url>', 'where the tasks are: sqlite:FILE or postgres://…').env('SWITCHYARD_STORE'),
    )
    .option('--json', 'print a JSON document instead of text');
}

const STATUSES = ['working', 'input_required', 'completed', 'failed', 'cancelled'];
const ENDS = ['completed', 'failed', 'cancelled'];

function toCount(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError('Give a whole number from 1 to 9999.');
  return Number(text);
}

/** Milliseconds. */
function toDuration(text: string): number {
  const [, number, unit] = /^(\d{1,6})(s|m|h|d)$/.exec(text) ?? [];
  if (number === undefined) throw new InvalidArgumentError('Write it as 90s, 30m, 12h or 7d.');
  const units: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
  return Number(number) * (units[unit ?? ''] ?? 0);
}

const DESCRIPTION = `Works on a store of tasks directly, beside the servers that use it: an SQLite file of this machine, or PostgreSQL \
("?schema=name" names another schema than "switchyard"). The store must be there already, and is not migrated.`;

const EXAMPLES = `
Examples:
  $ export SWITCHYARD_STORE=sqlite:tasks.db
  $ switchyard tasks list --status failed
  $ switchyard tasks show Jq3fO5lZtY2cXv0aKb9N1w --contents
  $ switchyard tasks retry Jq3fO5lZtY2cXv0aKb9N1w
  $ switchyard tasks prune --older-than 7d --store postgres://app@db.internal/app

An id that begins with "-" is written after "--": switchyard tasks show -- -Jq3fO5lZtY2cXv0aKb9N1.
Exit codes: 0 done, 1 the store cannot be used, or not every task was there and could be
cancelled or retried.`;

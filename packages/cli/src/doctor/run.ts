import { EXIT, Failure } from '../failure.ts';
import { withStoredToken } from '../login/stored.ts';
import { type TargetSettings, toHeaders, toUrl, warnOfPlainText } from '../target.ts';
import type { Terminal } from '../terminal.ts';
import { Exam } from './exam.ts';
import { examine, type Report } from './examine.ts';
import { NoAnswer } from './no-answer.ts';
import { Probe } from './probe.ts';
import { countOf, printJson, printReport } from './report.ts';

/** The options of `switchyard doctor`. */
export interface DoctorSettings extends TargetSettings {
  readonly json?: true;
  readonly strict?: true;
  /** A tool that may be called. */
  readonly tool?: string;
  readonly args?: Readonly<Record<string, unknown>>;
  /** Seconds for one answer. */
  readonly timeout: number;
  /** Seconds for everything. */
  readonly limit: number;
}

/** Examines a server and prints what was found; resolves with the exit code. Throws `Failure` where nothing answers. */
export async function runDoctor(
  target: string,
  settings: DoctorSettings,
  terminal: Terminal,
): Promise<number> {
  const url = toUrl(target);
  if (settings.args !== undefined && settings.tool === undefined)
    throw new Failure('--args are for a tool: name it with --tool.');
  const headers = await withStoredToken(url, toHeaders(settings), terminal);
  warnOfPlainText(url, headers, terminal);
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), settings.limit * 1000);
  const timeoutMs = settings.timeout * 1000;
  const probe = new Probe({ url, headers, timeoutMs, signal: limit.signal });
  const { tool, args = {} } = settings;
  const exam = new Exam(probe, { args, ...(tool === undefined ? {} : { tool }) });
  try {
    const report = await examine(exam, (title) => terminal.status(title));
    terminal.status(undefined);
    if (settings.json === true) printJson(report, terminal);
    else printReport(report, terminal);
    // A misspelt name must not pass for a tool that was examined.
    if (report.era.kind === 'modern' && tool !== undefined && (await exam.tool()) === undefined)
      throw new Failure(`The server lists no tool "${tool}": nothing was called.`);
    return exitCode(report, settings.strict ?? false);
  } catch (error) {
    if (error instanceof NoAnswer) throw new Failure(error.message, EXIT.unreachable);
    throw error;
  } finally {
    clearTimeout(timer);
    terminal.status(undefined);
    await probe.close();
  }
}

// ---

function exitCode(report: Report, strict: boolean): number {
  const { kind } = report.era;
  if (kind === 'unavailable') return EXIT.unreachable;
  if (kind !== 'modern' && kind !== 'guarded') return EXIT.failed;
  const { wrong, advice } = countOf(report);
  return wrong > 0 || (strict && advice > 0) ? EXIT.failed : EXIT.ok;
}

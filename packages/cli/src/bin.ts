import { describeError, EXIT, Failure } from './failure.ts';
import { createProgram } from './program.ts';
import { processTerminal } from './terminal.ts';

// Whoever reads the output may stop reading, as `head` does; that is no fault of the command.
process.stdout.on('error', () => process.exit(EXIT.ok));

const code = await main();
// A definition may keep timers and connections; they must not keep a process that has drained.
process.stdout.write('', () => process.exit(code));

/** Carries the command out; resolves with the exit code. */
async function main(): Promise<number> {
  const terminal = processTerminal();
  try {
    await createProgram(terminal).parseAsync(process.argv);
    return Number(process.exitCode ?? EXIT.ok);
  } catch (error) {
    terminal.note(`${terminal.paint('red', 'error:')} ${describeError(error)}`);
    return error instanceof Failure ? error.exitCode : EXIT.failed;
  }
}

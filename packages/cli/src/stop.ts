import { EXIT } from './failure.ts';
import type { Terminal } from './terminal.ts';

/** npm passes a Ctrl-C on that the terminal has already sent; two signals this close together, in ms, are one key press. */
const SAME_KEY_MS = 500;

/**
 * Resolves when the process is told to stop: SIGINT, SIGTERM, or the end of the process that started it with an IPC
 * channel. From then on a further SIGINT or SIGTERM ends the process at once with exit code 130.
 */
export function untilStopped(terminal: Terminal): Promise<void> {
  return new Promise((resolve) => {
    let since: number | undefined;
    const stop = (): void => {
      if (since === undefined) {
        since = Date.now();
        resolve();
      } else if (Date.now() - since > SAME_KEY_MS) {
        terminal.note('Stopped before everything had finished.');
        process.exit(EXIT.forced);
      }
    };
    process.on('SIGINT', stop);
    process.on('SIGTERM', stop);
    if (process.send !== undefined) process.once('disconnect', stop);
  });
}

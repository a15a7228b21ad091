import { createInterface } from 'node:readline/promises';
import { styleText } from 'node:util';

/** Where a command reads and writes; tests give it another. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether a person can be asked: standard input and standard error are terminals. */
  readonly interactive: boolean;
  /** Whether notes can be overwritten and coloured: standard error is a terminal. */
  readonly live: boolean;
  /** Whether standard output is a terminal. */
  readonly shown: boolean;
  /** Writes a line of the command's result to standard output. */
  print(text: string): void;
  /** Writes a line for people to standard error. */
  note(text: string): void;
  /** Shows a line on standard error in place of the one shown before; `undefined` removes it. Does nothing where it is not `live`. */
  status(text: string | undefined): void;
  /** Asks for one line; `undefined` where the person ends the input (Ctrl-D or Ctrl-C). */
  ask(question: string): Promise<string | undefined>;
  /** Text in a style where standard error shows styles. */
  paint(style: Style, text: string): string;
}

/** How text stands out. */
export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow';

/** The terminal that the process was started in. */
export function processTerminal(): Terminal {
  const { env, stdin, stdout, stderr } = process;
  const live = stderr.isTTY === true;
  const styled = live && env['NO_COLOR'] === undefined && env['TERM'] !== 'dumb';
  return {
    env,
    live,
    shown: stdout.isTTY === true,
    interactive: live && stdin.isTTY === true,
    print: (text) => void stdout.write(`${text}\n`),
    note: (text) => void stderr.write(`${text}\n`),
    status(text) {
      if (live)
        stderr.write(`\r\u001b[K${text === undefined ? '' : text.slice(0, (stderr.columns || 80) - 1)}`);
    },
    async ask(question) {
      const lines = createInterface({ input: stdin, output: stderr });
      // Closing is how Ctrl-C and Ctrl-D arrive; the question itself would wait for ever.
      const ended = new Promise<undefined>((resolve) => {
        lines.once('close', () => resolve(undefined));
      });
      try {
        return await Promise.race([lines.question(question), ended]);
      } finally {
        lines.close();
      }
    },
    paint: (style, text) => (styled ? styleText(style, text) : text),
  };
}

/** A failure that its message tells completely: it is shown without a stack. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly exitCode: number;

  /** `exitCode` is what the process ends with. @default 1 */
  constructor(message: string, exitCode: number = EXIT.failed) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** What the command's exit codes mean. */
export const EXIT = {
  /** Done; a server that was told to stop has drained. */
  ok: 0,
  /** It did not work: standard error says why. */
  failed: 1,
  /** A tool asks a question and there is no terminal to ask it on. */
  inputNeeded: 2,
  /** The doctor got no answer at all. */
  unreachable: 2,
  /** A second Ctrl-C ended the process before it had drained. */
  forced: 130,
} as const;

/** The text to show for whatever was thrown. */
export function describeError(error: unknown): string {
  if (error instanceof Failure) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

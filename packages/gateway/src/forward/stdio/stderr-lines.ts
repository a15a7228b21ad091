const LONGEST_LINE = 500;
const MOST_A_SECOND = 20;

/** What a process says on stderr, as lines that are bounded in length and in number. */
export class StderrLines {
  readonly #now: () => number;
  readonly #say: (text: string) => void;
  #unfinished = '';
  #second = Number.NEGATIVE_INFINITY;
  #said = 0;
  #dropped = 0;

  constructor(now: () => number, say: (text: string) => void) {
    this.#now = now;
    this.#say = say;
  }

  write(text: string): void {
    const lines = (this.#unfinished + text).split('\n');
    // The beginning of a line is what is kept of it, however long it goes on.
    this.#unfinished = (lines.pop() ?? '').slice(0, LONGEST_LINE);
    for (const line of lines) this.#line(line);
  }

  #line(line: string): void {
    const second = Math.floor(this.#now() / 1000);
    if (second !== this.#second) {
      if (this.#dropped > 0) this.#say(`${this.#dropped} more lines`);
      this.#second = second;
      this.#said = 0;
      this.#dropped = 0;
    }
    if (line.trim() === '') return;
    this.#said += 1;
    if (this.#said > MOST_A_SECOND) this.#dropped += 1;
    else this.#say(line.slice(0, LONGEST_LINE));
  }
}

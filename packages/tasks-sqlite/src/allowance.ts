import type { ClaimWish } from '@switchyard/tasks';
import type { Row } from './connection.ts';
import { number, text } from './row.ts';

/** What the limits of a claim still allow, counting what is leased already. */
export class Allowance {
  readonly #perOwner: number;
  readonly #tools: Map<string, number>;
  readonly #held = new Map<string, number>();

  /** `leased` has how many tasks of which owner and tool are being worked on. */
  constructor({ tools, perOwner = Number.POSITIVE_INFINITY }: ClaimWish, leased: readonly Row[]) {
    this.#perOwner = perOwner;
    this.#tools = new Map(tools.map(({ name, atMost = Number.POSITIVE_INFINITY }) => [name, atMost]));
    for (const row of leased) this.#count(text(row, 'owner'), text(row, 'tool'), number(row, 'held'));
  }

  /** Whether one more of the tool may be taken. */
  hasRoom(tool: string): boolean {
    return (this.#tools.get(tool) ?? 0) > 0;
  }

  /** The owners of whom no more may be taken. */
  owners(): readonly string[] {
    return [...this.#held].filter(([, held]) => held >= this.#perOwner).map(([owner]) => owner);
  }

  /** Whether one more may be taken; counts it if so. */
  takes(owner: string, tool: string): boolean {
    if (!this.hasRoom(tool) || (this.#held.get(owner) ?? 0) >= this.#perOwner) return false;
    this.#count(owner, tool, 1);
    return true;
  }

  #count(owner: string, tool: string, held: number): void {
    this.#held.set(owner, (this.#held.get(owner) ?? 0) + held);
    const room = this.#tools.get(tool);
    if (room !== undefined) this.#tools.set(tool, room - held);
  }
}

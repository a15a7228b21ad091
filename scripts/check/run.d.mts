/** A command that exits with 0 where what it stands for holds. */
export interface Gate {
  readonly name: string;
  readonly command: readonly string[];
}

export function runGates(gates: readonly Gate[]): Promise<{ passed: number; failed: number }>;

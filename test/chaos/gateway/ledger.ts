import { expect } from 'vitest';
import type { Execution } from './fleet.ts';
import type { Made } from './load.ts';

/** What is wrong with the ledger of the servers, given the calls that were made; empty where nothing is. */
export function faultsOf(made: readonly Made[], executions: readonly Execution[]): readonly string[] {
  const runs = new Map<string, number>();
  for (const { call } of executions) runs.set(call, (runs.get(call) ?? 0) + 1);
  const faults: string[] = [];
  for (const { call, tool, outcome, why } of made) {
    const count = runs.get(call) ?? 0;
    if (count > 1) faults.push(`${call} ran ${count} times`);
    if (tool === 'write' && outcome === 'answered' && count === 0) faults.push(`${call} is lost`);
    if (outcome === 'refused' && count > 0) faults.push(`${call} was refused and ran: ${why}`);
    if (tool === 'look' && outcome !== 'answered') faults.push(`${call} may be repeated and failed: ${why}`);
    runs.delete(call);
  }
  for (const call of runs.keys()) faults.push(`${call} ran and nobody asked for it`);
  return faults;
}

/** Holds the ledger to the calls that were made. */
export function expectLedgerOf(made: readonly Made[], executions: readonly Execution[]): void {
  expect(faultsOf(made, executions)).toEqual([]);
}

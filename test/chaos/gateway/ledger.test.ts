import { expect, test } from 'vitest';
import { faultsOf } from './ledger.ts';
import type { Made } from './load.ts';

const write = (call: string, outcome: Made['outcome']): Made => ({ call, tool: 'write', outcome, why: '' });

test('the ledger finds what is lost, doubled, wrongly run or made up', () => {
  const executions = ['a', 'b', 'b', 'd', 'f'].map((call) => ({ call, by: 's' }));
  const made = [
    write('a', 'answered'),
    write('b', 'unknown'),
    write('c', 'answered'),
    write('d', 'refused'),
    write('e', 'unknown'),
    { call: 'g', tool: 'look', outcome: 'unknown', why: 'cut' } as const,
  ];
  expect(faultsOf(made, executions)).toEqual([
    'b ran 2 times',
    'c is lost',
    'd was refused and ran: ',
    'g may be repeated and failed: cut',
    'f ran and nobody asked for it',
  ]);
});

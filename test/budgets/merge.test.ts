import { expect, it } from 'vitest';
import { mergedPage } from '../../bench/report/merge.mjs';

const PAGE = `# Performance

Measured once.

## Goals

| goal | target | reached |  |
| --- | --- | --- | --- |
| a | ≤ 1× | 0.5× | pass |
| b | ≤ 2× | 1.5× | pass |

## One

old one

## Two

old two
`;

it('a section takes the place of the one before, goals that were not measured stay, and the page says so', () => {
  const goals =
    '| goal | target | reached |  |\n| --- | --- | --- | --- |\n| a | ≤ 1× | not measured | – |\n| b | ≤ 2× | 3× | **miss** |\n| c | ≤ 4× | 1× | pass |';
  const once = mergedPage(
    PAGE,
    [
      ['Goals', goals],
      ['One', 'new one', 'A note.'],
      ['New', 'brand new'],
    ],
    'x (today)',
  );
  expect(once).toBe(`# Performance

Measured once.

Measured in runs of their own: x (today).

## Goals

| goal | target | reached |  |
| --- | --- | --- | --- |
| a | ≤ 1× | 0.5× | pass |
| b | ≤ 2× | 3× | **miss** |
| c | ≤ 4× | 1× | pass |

## One

A note.

new one

## New

brand new

## Two

old two
`);
  const again = mergedPage(
    once,
    [
      ['Goals', goals],
      ['Two', 'newer'],
    ],
    'y (now)',
  );
  expect(mergedPage(again, [['Goals', goals]], 'x (later)')).toContain('own: y (now); x (later).');
  const swapped = goals.replace(/(\| a .*)\n(\| b .*)/, '$2\n$1');
  expect(mergedPage(once, [['Goals', swapped]], 'z')).toMatch(/\| b .*\n\| a .*\n\| c /);
});

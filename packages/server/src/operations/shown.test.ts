import { expect, test } from 'vitest';
import { shown } from './shown.ts';

test.each([
  ['plain', 'plain'],
  ['größe 世界 👍', 'größe 世界 👍'],
  ['two\nlines\r\u2028\u0000', 'two\ufffdlines\ufffd\ufffd\ufffd'],
  ['half \ud83d', 'half \ufffd'],
  ['x'.repeat(1000), `${'x'.repeat(128)}…`],
  [7, 'a value of type number'],
  [null, 'a value of type null'],
  [undefined, 'a value of type undefined'],
  [{ toString: 1 }, 'a value of type object'],
])('shows %j on one line', (value, text) => {
  expect(shown(value)).toBe(text);
});

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { DEFAULT_BOUNDS } from '@switchyard/schema';
import { DEFAULT_PARSE_LIMITS } from '@switchyard/wire';
import { expect, it } from 'vitest';
import { resolveLimits } from '../../packages/server/src/limits.ts';
import { documentedLimits, referencePages } from '../../scripts/reference/pages.mjs';
import { ROOT } from '../structure/modules.ts';

it.each(Object.entries(referencePages()))(
  'docs/reference/%s is what the source makes of it',
  (name, text) => {
    expect(readFileSync(path.join(ROOT, 'docs/reference', name), 'utf8')).toBe(text);
  },
);

it.each([
  ['Limits', resolveLimits()],
  ['ParseLimits', DEFAULT_PARSE_LIMITS],
  ['SchemaBounds', DEFAULT_BOUNDS],
])('the documented defaults of %s are the ones that hold', (name, held) => {
  const documented = Object.entries(documentedLimits()[name] ?? {});
  expect(Object.fromEntries(documented.map(([limit, text]) => [limit, Number.parseFloat(text)]))).toEqual(
    held,
  );
});

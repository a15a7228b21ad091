import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { keptFiles, ROOT } from './modules.ts';

/** What no file that is kept may contain. Written so that this file does not contain it either. */
const TELLTALES: readonly RegExp[] = [
  /[/]work[/]/,
  /[/]tmp[/]brief/,
  /\bhelper[-]/,
  /\bTO[D]O\b/,
  /\bFIX[M]E\b/,
  /\bas an A[I]\b/i,
];

/** Files that have a reason to: by telltale, as it is written above. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  // Names of packages that peers of the benchmark depend on.
  '/\\bhelper[-]/': ['bench/package-lock.json'],
};

const files = keptFiles().flatMap((file) => {
  const text = readFileSync(path.join(ROOT, file), 'utf8');
  return text.includes('\0') ? [] : [{ file, text }];
});

describe('kept files', () => {
  it.each(TELLTALES)('do not contain %s', (telltale) => {
    const allowed = ALLOWED[String(telltale)] ?? [];
    const found = files.filter(({ file, text }) => telltale.test(text) && !allowed.includes(file));
    expect(found.map(({ file }) => file)).toEqual([]);
  });

  it('name no host that packages are fetched from', () => {
    const locks = files.filter(({ file }) => file.endsWith('package-lock.json'));
    expect(locks.length).toBeGreaterThan(0);
    expect(locks.filter(({ text }) => /"resolved": "https?:/.test(text)).map(({ file }) => file)).toEqual([]);
  });

  it('are many, and the telltales would be seen', () => {
    expect(files.length).toBeGreaterThan(300);
    const planted = ['see /work', '/x, a TO', 'DO, from helper', '-7 as an A', 'I'].join('');
    expect(TELLTALES.filter((telltale) => telltale.test(planted))).toHaveLength(4);
  });
});

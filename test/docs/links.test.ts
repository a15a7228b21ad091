import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { keptFiles, ROOT } from '../structure/modules.ts';
import { anchorsOf, linksOf, readPage } from './markdown.ts';

const pages = keptFiles('*.md');

describe('links', () => {
  it.each(pages)('%s links to what exists', (page) => {
    const links = linksOf(readPage(page));
    const broken = links.filter(({ target }) => !leadsSomewhere(page, target));
    expect(broken.map(({ target, line }) => `${page}:${line} → ${target}`)).toEqual([]);
  });

  it('every promise of SECURITY.md names tests that exist', () => {
    const rows = readPage('SECURITY.md')
      .split('\n')
      .filter((line) => /^\| [^-]/.test(line))
      .slice(1);
    const named = rows.map((row) => [
      ...(row
        .slice(0, -1)
        .split(' | ')
        .at(-1)
        ?.matchAll(/`([^`]+)`/g) ?? []),
    ]);
    expect(rows.length).toBeGreaterThan(20);
    expect(rows.filter((_, index) => named[index]?.length === 0)).toEqual([]);
    const paths = named.flat().map(([, file = '']) => file);
    expect(paths.filter((file) => !existsSync(path.join(ROOT, file)))).toEqual([]);
  });

  it('finds links in prose and none in code', () => {
    const page =
      '[a](b.md) `[c](d.md)` ![e](f.png "g")\n```ts\n[h](i.md)\n```\n[j]: k.md\n[l](<m.md>) [n](#o)\n';
    expect(linksOf(page)).toEqual([
      { target: 'b.md', line: 1 },
      { target: 'f.png', line: 1 },
      { target: 'k.md', line: 5 },
      { target: 'm.md', line: 6 },
      { target: '#o', line: 6 },
    ]);
  });

  it('knows the anchors of headings, and what leads nowhere', () => {
    expect([...anchorsOf('# A `b` & c\n## A b  c\n```\n# no\n```\n### [d](e.md): f_g\n')]).toEqual([
      'a-b--c',
      'a-b--c-1',
      'd-f_g',
    ]);
    expect(leadsSomewhere('README.md', 'https://example.com/x')).toBe(true);
    expect(leadsSomewhere('README.md', 'LICENSE')).toBe(true);
    expect(leadsSomewhere('docs/guides/serving.md', '../../README.md#read-on')).toBe(true);
    expect(leadsSomewhere('docs/guides/serving.md', '../../README.md#nowhere')).toBe(false);
    expect(leadsSomewhere('README.md', 'no-such-file.md')).toBe(false);
  });
});

// ---

function leadsSomewhere(from: string, target: string): boolean {
  if (/^[a-z][a-z0-9+.-]*:/i.test(target)) return true;
  const [file = '', anchor] = target.split('#');
  const to = file === '' ? from : path.posix.join(path.posix.dirname(from), decodeURIComponent(file));
  const absolute = path.join(ROOT, to);
  if (to.startsWith('..') || !existsSync(absolute)) return false;
  if (anchor === undefined || anchor === '') return true;
  return statSync(absolute).isFile() && to.endsWith('.md') && anchorsOf(readPage(to)).has(anchor);
}

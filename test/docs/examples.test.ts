import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { packageNames, ROOT } from '../structure/modules.ts';
import { blocksOf, readPage } from './markdown.ts';

const CACHE = path.join(ROOT, '.cache');
mkdirSync(CACHE, { recursive: true });
const folder = mkdtempSync(path.join(CACHE, 'docs-'));
afterAll(() => rmSync(folder, { recursive: true }));

const pages = ['README.md', ...guides(), ...packageNames().map((name) => `packages/${name}/README.md`)];
const examples = pages.flatMap((page) =>
  blocksOf(readPage(page))
    .filter(({ language }) => language === 'ts')
    .map((block) => ({ ...block, page })),
);

describe('examples', () => {
  it('compile, each as a module of its own', () => {
    expect(faultsIn(examples)).toEqual([]);
  });

  it('are there: in the README, in every guide that is about code, in every package', () => {
    const shown = new Set(examples.map(({ page }) => page));
    expect(
      packageNames().filter((name) => name !== 'cli' && !shown.has(`packages/${name}/README.md`)),
    ).toEqual([]);
    expect(shown).toContain('README.md');
    expect(shown).toContain('docs/guides/first-server.md');
  });

  it('would not compile with a fault in them: its page and line are named', () => {
    const text =
      "import { createServer } from '@switchyard/server';\nexport const server = createServer(1);\n";
    const faults = faultsIn([{ page: 'docs/guides/planted.md', line: 7, language: 'ts', text }]);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(/^docs\/guides\/planted\.md:8 error TS\d+/);
  });
});

// ---

interface Example {
  readonly page: string;
  readonly line: number;
  readonly text: string;
}

function guides(): readonly string[] {
  return readdirSync(path.join(ROOT, 'docs/guides'))
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/guides/${file}`);
}

/** Type-checks every example by itself against the packages' sources; a fault is named by its place in the page. */
function faultsIn(checked: readonly (Example & { readonly language?: string })[]): readonly string[] {
  const target = mkdtempSync(path.join(folder, 'check-'));
  const pageOf = new Map<string, string>();
  for (const [index, { page, line, text }] of checked.entries()) {
    const file = `example-${index}.ts`;
    pageOf.set(file, page);
    // Empty lines first, so that a line of the module is that line of the page; `export {}` makes a module of it.
    writeFileSync(path.join(target, file), `${'\n'.repeat(line - 1)}${text}export {};\n`);
  }
  const files = [...pageOf.keys()];
  writeFileSync(
    path.join(target, 'tsconfig.json'),
    JSON.stringify({ extends: '../../../tsconfig.types.json', include: [], files }),
  );
  const tsc = path.join(ROOT, 'node_modules/typescript/bin/tsc');
  const { stdout } = spawnSync(process.execPath, [tsc, '-p', target, '--pretty', 'false'], {
    cwd: target,
    encoding: 'utf8',
  });
  return stdout.split('\n').flatMap((line) => {
    const [, file = '', at, fault] = /^(example-\d+\.ts)\((\d+),\d+\): (.+)$/.exec(line) ?? [];
    if (fault !== undefined) return [`${pageOf.get(file)}:${at} ${fault}`];
    // What is wrong elsewhere, in the packages themselves, is for their own type check to tell.
    return /^error/.test(line) ? [line] : [];
  });
}

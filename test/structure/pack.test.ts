import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { contentFaults, mapFaults, type Packed } from '../../scripts/pack/content.mjs';
import { packageNames, ROOT } from './modules.ts';

describe('packed packages', () => {
  it('hold what they should, and work for somebody else', { timeout: 60_000 }, () => {
    const script = path.join(ROOT, 'scripts/pack-check.mjs');
    const { status, stdout, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8' });
    expect(status, stderr).toBe(0);
    expect(stdout).toMatch(new RegExp(`^${packageNames().length} packages, \\d+ entries, 0 faults$`, 'm'));
  });

  it('carry the licence of the repository', () => {
    const licence = readFileSync(path.join(ROOT, 'LICENSE'), 'utf8');
    for (const name of packageNames()) {
      expect(readFileSync(path.join(ROOT, 'packages', name, 'LICENSE'), 'utf8'), name).toBe(licence);
    }
  });
});

describe('the checks themselves', () => {
  it('find nothing wrong with a sound package', () => {
    expect(contentFaults(SOUND, [SOUND])).toEqual([]);
  });

  it.each([
    ['a test', [...SOUND_FILES, 'src/a.test.ts']],
    ['build information', [...SOUND_FILES, 'dist/.tsbuildinfo']],
    ['test data', [...SOUND_FILES, 'src/test-data/big.json']],
    ['a file that nothing asks for', [...SOUND_FILES, 'notes.txt']],
    ['no licence', without('LICENSE')],
    ['no README', without('README.md')],
    ['no types', without('dist/index.d.ts')],
    ['no source', without('src/index.ts')],
    ['no command', without('bin/run.js')],
  ])('find %s', (_, files) => {
    expect(contentFaults({ ...SOUND, files }, [SOUND])).toHaveLength(1);
  });

  it('find a sibling in another version', () => {
    const manifest = { ...SOUND.manifest, name: 'b', dependencies: { a: '2.0.0', other: '3.0.0' } };
    expect(contentFaults({ ...SOUND, name: 'b', manifest }, [SOUND])).toEqual([
      'b: needs a 2.0.0, but 1.0.0 is packed',
    ]);
  });

  it('find a source map that points outside', () => {
    const target = mkdtempSync(path.join(tmpdir(), 'switchyard-maps-'));
    onTestFinished(() => rmSync(target, { recursive: true }));
    mkdirSync(path.join(target, 'dist'));
    writeFileSync(
      path.join(target, 'dist/index.js.map'),
      JSON.stringify({ sources: ['../src/index.ts', '../src/gone.ts'] }),
    );
    const files = [...SOUND_FILES, 'dist/index.js.map'];
    expect(mapFaults({ ...SOUND, files, target })).toEqual([
      'a: dist/index.js.map points to src/gone.ts, which is not shipped',
    ]);
  });
});

// ---

const SOUND_FILES = [
  'package.json',
  'README.md',
  'LICENSE',
  'dist/index.js',
  'dist/index.d.ts',
  'src/index.ts',
  'bin/run.js',
];

const SOUND: Packed = {
  name: 'a',
  manifest: {
    name: 'a',
    version: '1.0.0',
    files: ['dist', 'src', 'bin', '!src/**/*.test.ts'],
    bin: { run: 'bin/run.js' },
  },
  files: SOUND_FILES,
  entries: [{ targets: ['./src/index.ts', './dist/index.d.ts', './dist/index.js'] }],
  target: '',
};

function without(file: string): readonly string[] {
  return SOUND_FILES.filter((each) => each !== file);
}

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { blocksOf } from '../docs/markdown.ts';
import { ROOT } from '../structure/modules.ts';

const run = promisify(execFile);
const folder = path.join(ROOT, 'examples/long-import');

test('the example of a long import does what its page shows, kills included', {
  timeout: 60_000,
}, async () => {
  // What is imported is what was built.
  await run(process.execPath, [path.join(ROOT, 'scripts/ensure.mjs')]);
  const page = readFileSync(path.join(folder, 'README.md'), 'utf8');
  const shown = blocksOf(page).find(({ language }) => language === 'console')?.text;
  const { stdout, stderr } = await run(process.execPath, [path.join(folder, 'story.mjs')]);
  expect(stderr).toBe('');
  expect(`$ node examples/long-import/story.mjs\n${stdout}`.trim()).toBe(shown?.trim());
});

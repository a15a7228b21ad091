import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createServer } from '@switchyard/server';
import { expect, it, onTestFinished } from 'vitest';
import type { Loaded } from './load.ts';
import { LoadFailure } from './load-failure.ts';
import { reloadOnChange } from './reload.ts';
import { createSwitch } from './switch.ts';

it('tells once why a definition is not put in place, whatever is written beside it meanwhile', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'switchyard-reload-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const at = (name: string) => path.join(folder, name);
  const definition = (source: string): Loaded => ({
    ...{ server: createServer({ name: 'a', version: '1' }), files: [at('server.ts')], source },
    dispose: () => {},
  });
  const first = definition('one');
  const said: string[] = [];
  let loads = 0;
  await new Promise<void>((resolve) => {
    const load = async (): Promise<Loaded> => {
      loads += 1;
      if (loads === 4) return definition('two');
      // A log or a database in the same folder.
      writeFileSync(at('noise.log'), String(loads));
      throw new LoadFailure(loads === 3 ? 'another' : 'the same', []);
    };
    const watch = reloadOnChange({
      ...{ first, line: createSwitch(first), load },
      reloaded: () => resolve(),
      refused: (why) => void said.push(why),
    });
    onTestFinished(() => watch.close());
    writeFileSync(at('server.ts'), '');
  });
  expect(said).toEqual(['the same', 'another']);
});

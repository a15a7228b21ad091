import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { packageNames, ROOT } from './modules.ts';
import { exportsOf, parse } from './syntax.ts';

const PINS = 'test/structure/exports';

// A package's public names are its contract. To change one on purpose, run this file with `-u` and read the difference.
it.each(entries())('%s gives out these names and no others', async (entry, file) => {
  const names = exportsOf(parse(readFileSync(path.join(ROOT, file), 'utf8')));
  const values = names.filter((name) => !name.startsWith('type ')).sort();
  const types = names.filter((name) => name.startsWith('type ')).sort();
  const pin = path.join(ROOT, PINS, pinName(entry));
  await expect(`${[...values, ...types].join('\n')}\n`).toMatchFileSnapshot(pin);
  const module: object = await import(entry);
  expect(Object.keys(module).sort()).toEqual(values);
});

it('has a list for every entry, and no other', () => {
  expect(readdirSync(path.join(ROOT, PINS)).sort()).toEqual(
    entries()
      .map(([entry]) => pinName(entry))
      .sort(),
  );
});

// ---

type Exports = Readonly<Record<string, string | { readonly '@switchyard/source': string }>>;

/** Every entry of every package that can be imported: its specifier and its source file. The command has none. */
function entries(): readonly (readonly [string, string])[] {
  return packageNames()
    .filter((name) => name !== 'cli')
    .flatMap((name) => {
      const text = readFileSync(path.join(ROOT, 'packages', name, 'package.json'), 'utf8');
      // Our own manifests have this form; a test that packs them looks closer.
      const { exports } = JSON.parse(text) as { exports: Exports };
      return Object.entries(exports).flatMap(([key, target]) =>
        typeof target === 'string'
          ? []
          : [
              [
                path.posix.join(`@switchyard/${name}`, key),
                path.posix.join('packages', name, target['@switchyard/source']),
              ] as const,
            ],
      );
    });
}

function pinName(entry: string): string {
  return `${entry.replace('@switchyard/', '').replaceAll('/', '-')}.txt`;
}

import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { cyclesIn, type Graph, reachableFrom } from './graph.ts';
import { EFFECTS, ENTRIES_THAT_RUN_ANYWHERE, LAYERS, NODE_GLOBALS, RUNS_ANYWHERE } from './layers.ts';
import { type Module, packageNames, ROOT, resolveRelative, shippedModules } from './modules.ts';
import { identifiersUsed } from './syntax.ts';

const modules = packageNames().flatMap((name) => shippedModules(name));
const byFile = new Map(modules.map((module) => [module.file, module]));
const entries = new Map(packageNames().flatMap((name) => [...entriesOf(name)]));
const graph: Graph = new Map(modules.map((module) => [module.file, targetsOf(module)]));

describe('layers', () => {
  it('has a row for every package', () => {
    expect(packageNames().filter((name) => !Object.hasOwn(LAYERS, name))).toEqual([]);
  });

  it.each(packageNames())('%s imports only the packages below it', (name) => {
    const allowed = LAYERS[name] ?? [];
    const wrong = ofPackage(name).flatMap((module) =>
      ourPackages(module)
        .filter((imported) => imported !== name && !allowed.includes(imported))
        .map((imported) => `${module.file} imports ${imported}`),
    );
    expect(wrong).toEqual([]);
  });

  it.each(packageNames())(
    '%s depends, in package.json and tsconfig.json, on what it may and does import',
    (name) => {
      const imported = new Set(ofPackage(name).flatMap((module) => ourPackages(module)));
      expect(manifestDependencies(name)).toEqual([...imported].filter((other) => other !== name).sort());
      expect(references(name)).toEqual(manifestDependencies(name));
    },
  );

  it('imports other packages through their entries, and its own modules by relative paths that stay inside', () => {
    const wrong = modules.flatMap((module) =>
      module.imports
        .filter((specifier) => !isProper(module, specifier))
        .map((specifier) => `${module.file}: ${specifier}`),
    );
    expect(wrong).toEqual([]);
  });

  it('has no cycle, types included', () => {
    expect(cyclesIn(graph)).toEqual([]);
  });
});

describe('runtimes', () => {
  it.each(entriesThatRunAnywhere())('%s reaches nothing of Node', (_, entry) => {
    const found = [...reachableFrom(graph, entry)].flatMap(([file, way]) => {
      const module = byFile.get(file);
      if (module === undefined) return [`${way.join(' → ')} does not exist`];
      const used = [...module.imports.filter(isBuiltin), ...identifiersUsed(module.program, NODE_GLOBALS)];
      return used.map((name) => `${way.join(' → ')} uses ${name}`);
    });
    expect(found).toEqual([]);
  });

  it.each(RUNS_ANYWHERE)('no module of %s imports from Node', (name) => {
    const found = ofPackage(name).flatMap((module) =>
      module.imports.filter(isBuiltin).map((used) => `${module.file}: ${used}`),
    );
    expect(found).toEqual([]);
  });

  it('wire depends on no package and causes no effect', () => {
    const found = ofPackage('wire').flatMap((module) => [
      ...module.imports
        .filter((specifier) => !specifier.startsWith('.'))
        .map((used) => `${module.file}: ${used}`),
      ...identifiersUsed(module.program, EFFECTS).map((used) => `${module.file}: ${used}`),
    ]);
    expect(found).toEqual([]);
  });
});

describe('the checks themselves', () => {
  it('finds a cycle, and the shortest way to a module', () => {
    const circular: Graph = new Map([
      ['a', ['b', 'd']],
      ['b', ['c']],
      ['c', ['b']],
      ['d', ['c']],
    ]);
    expect(cyclesIn(circular)).toEqual([['b', 'c', 'b']]);
    expect(reachableFrom(circular, 'a').get('c')).toEqual(['a', 'b', 'c']);
  });

  it('sees what the packages are made of', () => {
    expect(modules.length).toBeGreaterThan(150);
    expect(graph.get('packages/server/src/index.ts')).toContain('packages/wire/src/index.ts');
    expect(
      reachableFrom(graph, 'packages/server/src/node.ts').has('packages/server/src/fronts/node-exchange.ts'),
    ).toBe(true);
  });
});

// ---

function entriesThatRunAnywhere(): readonly (readonly [string, string])[] {
  const packages = RUNS_ANYWHERE.map((name) => `@switchyard/${name}`);
  const chosen = [...entries].filter(
    ([specifier]) =>
      ENTRIES_THAT_RUN_ANYWHERE.includes(specifier) ||
      packages.some((name) => specifier === name || specifier.startsWith(`${name}/`)),
  );
  expect(chosen.length).toBeGreaterThanOrEqual(RUNS_ANYWHERE.length + ENTRIES_THAT_RUN_ANYWHERE.length);
  return chosen;
}

function ofPackage(name: string): readonly Module[] {
  return modules.filter((module) => module.package === name);
}

function ourPackages({ imports }: Module): readonly string[] {
  return imports.flatMap((specifier) => /^@switchyard\/([^/]+)/.exec(specifier)?.[1] ?? []);
}

function targetsOf(module: Module): readonly string[] {
  return module.imports.flatMap(
    (specifier) => entries.get(specifier) ?? resolveRelative(module.file, specifier) ?? [],
  );
}

function isProper(module: Module, specifier: string): boolean {
  if (specifier.startsWith(`@switchyard/`)) return entries.has(specifier);
  const target = resolveRelative(module.file, specifier);
  return target === undefined || target.startsWith(`packages/${module.package}/src/`);
}

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | { readonly '@switchyard/source': string }>>;
}

function manifestOf(name: string): Manifest {
  // Our own manifests have this form; a test that packs them looks closer.
  return JSON.parse(readFileSync(path.join(ROOT, 'packages', name, 'package.json'), 'utf8')) as Manifest;
}

function manifestDependencies(name: string): readonly string[] {
  const names = Object.keys(manifestOf(name).dependencies ?? {});
  return names.flatMap((dependency) => /^@switchyard\/(.+)$/.exec(dependency)?.[1] ?? []).sort();
}

function references(name: string): readonly string[] {
  const text = readFileSync(path.join(ROOT, 'packages', name, 'tsconfig.json'), 'utf8');
  // Our own build configurations have this form.
  const { references = [] } = JSON.parse(text) as { references?: readonly { readonly path: string }[] };
  return references.map((reference) => path.posix.basename(reference.path)).sort();
}

/** The specifiers by which others import a package, each with its source file. */
function* entriesOf(name: string): Iterable<[string, string]> {
  for (const [key, target] of Object.entries(manifestOf(name).exports)) {
    if (typeof target === 'string') continue;
    yield [
      path.posix.join(`@switchyard/${name}`, key),
      path.posix.join('packages', name, target['@switchyard/source']),
    ];
  }
}

import { describe, expect, it } from 'vitest';
import { CONSOLE_USERS } from './layers.ts';
import { packageNames, shippedModules } from './modules.ts';
import {
  exportsOf,
  identifiersUsed,
  importsOf,
  linesWithAny,
  mutableState,
  parse,
  reExportsOf,
} from './syntax.ts';

const modules = packageNames().flatMap((name) => shippedModules(name));
const CONSOLE: ReadonlySet<string> = new Set(['console']);

describe('every shipped module', () => {
  it('gives out names one by one, never all of another module, never a default', () => {
    const found = modules.filter(({ program }) =>
      exportsOf(program).some((name) => name === '*' || name === 'default'),
    );
    expect(filesOf(found)).toEqual([]);
  });

  it('gives on what another module has only where it is an entry of its package', () => {
    const inside = modules.filter(
      ({ file }) => !/^packages\/[^/]+\/src\/[^/]+\.ts$/.test(file) || /\/index\.ts$/.test(file),
    );
    const barrels = inside.filter(
      ({ file, program }) => !file.endsWith('/src/index.ts') && reExportsOf(program).length > 0,
    );
    expect(filesOf(barrels)).toEqual([]);
    expect(filesOf(inside.filter(({ file }) => /\/src\/.+\/index\.ts$/.test(file)))).toEqual([]);
  });

  it('holds no state', () => {
    const found = modules.flatMap(({ file, program }) =>
      mutableState(program).map((name) => `${file}: ${name}`),
    );
    expect(found).toEqual([]);
  });

  it('never says any', () => {
    const found = modules.flatMap(({ file, program, source }) =>
      linesWithAny(program, source).map((line) => `${file}:${line}`),
    );
    expect(found).toEqual([]);
  });

  it('writes to the console only where that is its job', () => {
    const users = modules.filter(({ program }) => identifiersUsed(program, CONSOLE).length > 0);
    expect(
      filesOf(users.filter(({ package: name, file }) => name !== 'cli' && !CONSOLE_USERS.includes(file))),
    ).toEqual([]);
    expect(CONSOLE_USERS.filter((file) => !filesOf(users).includes(file))).toEqual([]);
  });
});

describe('the checks themselves', () => {
  it('sees every way to import', () => {
    const program = parse(`
      import a from 'a'; import type { B } from 'b'; import 'c'; export { d } from 'd'; export * from 'e';
      const f = () => import('f'); type G = import('g').G; import * as h from 'h';
    `);
    expect(importsOf(program)).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']);
  });

  it('sees every way to export', () => {
    const program = parse(`
      export const a = 1, b = 2; export function c() {} export class D {} export interface E {} export type F = 1;
      export { g, type H } from './x.ts'; export type { I } from './y.ts'; export * from './z.ts'; export default 1;
    `);
    const names = ['a', 'b', 'c', 'D', 'type E', 'type F', 'g', 'type H', 'type I', '*', 'default'];
    expect(exportsOf(program)).toEqual(names);
    expect(reExportsOf(program)).toEqual(['./x.ts', './y.ts', './z.ts']);
  });

  it('sees state of a module and of a class', () => {
    const program = parse(`
      let a; var b = 1; export let c = 2; const d = new Map(); const e = []; const f = new Set([1]); const g = [1];
      declare let h: string; function i() { let inner; }
      class J { static count = 0; static readonly K = 1; static readonly cache = new Map(); own = []; }
    `);
    expect(mutableState(program)).toEqual(['a', 'b', 'c', 'd', 'e', 'count', 'cache']);
  });

  it('sees any, and names that are used, not those that only look alike', () => {
    const source = "const a: any = 1;\nconst b = 'any';\nlog.console.log({ console: 1 });\n";
    expect(linesWithAny(parse(source), source)).toEqual([1]);
    expect(identifiersUsed(parse(source), CONSOLE)).toEqual([]);
    expect(identifiersUsed(parse('console.log(1)'), CONSOLE)).toEqual(['console']);
    expect(identifiersUsed(parse('const o = { console }; o[console]'), CONSOLE)).toEqual(['console']);
  });
});

// ---

function filesOf(found: readonly { readonly file: string }[]): readonly string[] {
  return found.map(({ file }) => file);
}

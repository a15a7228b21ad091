import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { LONG_FILES } from './long-files.ts';
import { isTest, keptFiles, ROOT } from './modules.ts';
import { functionLengths, parse } from './syntax.ts';

const AIM = 200;
const FILE_LIMIT = 400;
const FUNCTION_LIMIT = 80;

const files = keptFiles('*.ts', '*.mts', '*.mjs').filter(
  (file) => !/\.d\.m?ts$|(^|\/)generated\//.test(file),
);
const lengths = new Map(files.map((file) => [file, lineCount(readFileSync(path.join(ROOT, file), 'utf8'))]));

describe('budgets', () => {
  it(`no file has more than ${FILE_LIMIT} lines`, () => {
    expect([...lengths].filter(([, lines]) => lines > FILE_LIMIT)).toEqual([]);
  });

  it(`files beyond ${AIM} lines have a reason in long-files.ts, and only those; tests are exempt`, () => {
    const long = [...lengths].filter(([file, lines]) => lines > AIM && !isTest(file)).map(([file]) => file);
    expect(long).toEqual(Object.keys(LONG_FILES).sort());
  });

  it(`no function has more than ${FUNCTION_LIMIT} lines; tests are exempt`, () => {
    const long = files
      .filter((file) => !isTest(file))
      .flatMap((file) => {
        const source = readFileSync(path.join(ROOT, file), 'utf8');
        return functionLengths(parse(source), source)
          .filter(({ lines }) => lines > FUNCTION_LIMIT)
          .map(({ name, line, lines }) => `${file}:${line} ${name} has ${lines} lines`);
      });
    expect(long).toEqual([]);
  });

  it('counts lines of functions, methods and arrow functions', () => {
    const source = 'function a() {\n}\nconst b = () =>\n  1;\nclass C {\n  d() {\n\n  }\n}\n';
    const found = functionLengths(parse(source), source).map(({ name, line, lines }) => [name, line, lines]);
    expect(found).toEqual([
      ['a', 1, 2],
      ['b', 3, 2],
      ['d', 6, 3],
    ]);
    expect(lineCount('one\ntwo\n')).toBe(2);
  });
});

// ---

function lineCount(text: string): number {
  return text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
}

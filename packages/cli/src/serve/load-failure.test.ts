import { expect, test } from 'vitest';
import { Failure } from '../failure.ts';
import { LoadFailure, toLoadFailure } from './load-failure.ts';

function thrown(stack: string): Error {
  const error = new TypeError('boom');
  error.stack = stack;
  return error;
}

test.each([
  [
    'TypeError: boom\n    at run (/p/lib/a.ts:3:14)\n    at /p/server.ts:9:1',
    '/p/lib/a.ts:3:14: TypeError: boom',
  ],
  [
    'TypeError: boom\n    at /x/node_modules/y.js:1:1\n    at async file:///p/server.ts:9:1',
    '/p/server.ts:9:1: TypeError: boom',
  ],
  ['TypeError: boom\n    at Object.<anonymous> (/elsewhere.js:1:1)', '/p/server.ts: TypeError: boom'],
])('names the innermost place in the own files %#', (stack, message) => {
  const failure = toLoadFailure(thrown(stack), '/p/server.ts', ['/p/server.ts', '/p/lib/a.ts']);
  expect(failure.message).toBe(message);
  expect(failure.files).toEqual(['/p/server.ts', '/p/lib/a.ts']);
});

test('takes whatever is thrown', () => {
  expect(toLoadFailure('just text', '/p/s.ts', []).message).toBe('/p/s.ts: it threw just text');
  expect(toLoadFailure(new Failure('no default export'), '/p/s.ts', []).message).toBe(
    '/p/s.ts: no default export',
  );
  const known = new LoadFailure('known', []);
  expect(toLoadFailure(known, '/p/s.ts', [])).toBe(known);
});

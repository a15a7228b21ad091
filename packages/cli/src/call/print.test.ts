import { expect, test } from 'vitest';
import type { Terminal } from '../terminal.ts';
import { printResult } from './print.ts';

function printed(result: Record<string, unknown>, { json = false, shown = false } = {}) {
  const out: string[] = [];
  const err: string[] = [];
  const terminal: Terminal = {
    env: {},
    interactive: false,
    live: false,
    shown,
    print: (text) => void out.push(text),
    note: (text) => void err.push(text),
    status: () => undefined,
    ask: async () => undefined,
    paint: (_style, text) => text,
  };
  return { code: printResult(result, json, terminal), out, err };
}

const text = (value: string) => ({ type: 'text', text: value });

test('texts are printed as they are', () => {
  expect(printed({ content: [text('one'), text('two\n')] })).toEqual({
    code: 0,
    out: ['one', 'two\n'],
    err: [],
  });
});

test('structured content is printed as JSON, once', () => {
  const structuredContent = { sum: 5 };
  const expected = { code: 0, out: ['{\n  "sum": 5\n}'], err: [] };
  expect(printed({ content: [text('{"sum":5}')], structuredContent })).toEqual(expected);
  expect(printed({ content: [], structuredContent })).toEqual(expected);
  expect(printed({ content: [text('It is five.')], structuredContent }).out).toEqual([
    'It is five.',
    '{\n  "sum": 5\n}',
  ]);
});

test('structured content may be null', () => {
  expect(printed({ content: [], structuredContent: null }).out).toEqual(['null']);
});

test('what cannot be shown is described', () => {
  const data = Buffer.from('twelve bytes').toString('base64');
  const content = [
    { type: 'image', mimeType: 'image/png', data },
    { type: 'audio', mimeType: 'audio/wav', data },
    { type: 'resource_link', name: 'logo', uri: 'file:///logo.svg' },
    { type: 'resource', resource: { uri: 'x:y', text: 'inside' } },
    { type: 'resource', resource: { uri: 'x:z', blob: data } },
    { type: 'future', x: 1 },
  ];
  expect(printed({ content }).out).toEqual([
    '[image, image/png, 12 bytes]',
    '[audio, audio/wav, 12 bytes]',
    '[link to logo] file:///logo.svg',
    'inside',
    '[resource x:z, unknown type, 12 bytes]',
    '{\n  "type": "future",\n  "x": 1\n}',
  ]);
});

test("a tool's failure goes to standard error, and the exit code is 1", () => {
  expect(printed({ isError: true, content: [text('no such city'), text('try Paris')] })).toEqual({
    code: 1,
    out: [],
    err: ['the tool failed: no such city', 'try Paris'],
  });
  expect(printed({ isError: true, content: [] }).err).toEqual(['the tool failed: it does not say why']);
});

test('--json prints the whole result, whatever it says', () => {
  const result = { isError: true, content: [text('no')] };
  expect(printed(result, { json: true })).toEqual({
    code: 1,
    out: [JSON.stringify(result, null, 2)],
    err: [],
  });
});

test('control characters reach a file, but no terminal', () => {
  const result = { content: [text('a\u001b[31mb')] };
  expect(printed(result).out).toEqual(['a\u001b[31mb']);
  expect(printed(result, { shown: true }).out).toEqual(['a\ufffd[31mb']);
});

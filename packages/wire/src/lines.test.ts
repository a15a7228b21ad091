import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeLine, LineDecoder } from './index.ts';

const utf8 = new TextEncoder();
const text = (line: Uint8Array): string =>
  new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(line);

function decode(chunks: readonly (Uint8Array | string)[]): string[] {
  const decoder = new LineDecoder();
  return [...chunks.flatMap((chunk) => decoder.push(chunk)), ...decoder.end()].map(text);
}

describe('lines', () => {
  it('come back as they were sent, however they are cut', () => {
    const places = fc.array(fc.nat(500), { maxLength: 10 });
    fc.assert(
      fc.property(fc.array(fc.jsonValue(), { maxLength: 6 }), places, fc.boolean(), (values, at, crlf) => {
        const json = values.map((value) => JSON.stringify(value));
        const lines = json.map((each) => (crlf ? `${each}\r\n` : encodeLine(each)));
        const bytes = utf8.encode(lines.join(''));
        const cuts = at.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b);
        expect(decode([0, ...cuts].map((from, index) => bytes.subarray(from, cuts[index])))).toEqual(json);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['text', ['a\nb\n'], ['a', 'b']],
    ['empty lines', ['\n\r\n\na\n\n'], ['a']],
    ['a last line without an end', ['a\nb'], ['a', 'b']],
    ['nothing', [''], []],
    ['CR within a line', ['a\rb\r\n'], ['a\rb']],
    ['CRLF cut in two', ['a\r', '\nb'], ['a', 'b']],
    ['a character cut in two', [Uint8Array.of(0xe4, 0xb8), Uint8Array.of(0x96, 0x0a)], ['世']],
  ])('reads %s', (_, chunks, lines) => {
    expect(decode(chunks)).toEqual(lines);
  });

  it('leaves bytes that are no UTF-8 for the parser to refuse', () => {
    expect(new LineDecoder().push(Uint8Array.of(0xff, 0x0a))).toEqual([Uint8Array.of(0xff)]);
  });

  it.each([
    ['array', (part: string) => utf8.encode(part)],
    ['buffer', (part: string) => Buffer.from(part)],
  ])('keeps an unfinished line when the %s that it came in is used again', (_, toChunk) => {
    const decoder = new LineDecoder();
    for (const part of ['x\nab', 'c', 'de']) {
      const chunk = toChunk(part);
      decoder.push(chunk);
      chunk.fill(0);
    }
    expect(decoder.push('\n').map(text)).toEqual(['abcde']);
  });

  it('gives up on a line without end', () => {
    const decoder = new LineDecoder({ maxLineBytes: 10 });
    expect(decoder.push('0123456789\n')).toHaveLength(1);
    expect(decoder.push('01234')).toHaveLength(0);
    expect(() => decoder.push('世世')).toThrow(RangeError);
    expect(() => decoder.push('\n')).toThrow(RangeError);
    expect(() => decoder.end()).toThrow(RangeError);
    expect(() => new LineDecoder({ maxLineBytes: 3 }).push('0123\n')).toThrow(RangeError);
  });

  it('are refused where a message would break in two', () => {
    expect(encodeLine('{"a":"\\n"}')).toBe('{"a":"\\n"}\n');
    expect(() => encodeLine('{\n}')).toThrow(TypeError);
    expect(() => encodeLine('{\r}')).toThrow(TypeError);
  });
});

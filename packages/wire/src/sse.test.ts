import { createParser } from 'eventsource-parser';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyText } from '../test/text.ts';
import { encodeComment, encodeEvent, SseDecoder, type SseEvent } from './index.ts';

const utf8 = new TextEncoder();

function decode(chunks: readonly (Uint8Array | string)[]): SseEvent[] {
  const decoder = new SseDecoder();
  return [...chunks.flatMap((chunk) => decoder.push(chunk)), ...decoder.end()];
}

/** The bytes, cut at the given places. */
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const at = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...at].map((from, index) => bytes.subarray(from, at[index]));
}

/** Some places, or every one. */
const places = fc.oneof(
  fc.array(fc.nat(2000), { maxLength: 12 }),
  fc.constant(Array.from({ length: 500 }, (_, index) => index)),
);
const line = anyText().filter((text) => !/[\r\n\0]/.test(text));
const message = fc.record(
  {
    data: fc.oneof(anyText(), fc.constantFrom('', '\n', '\r\n', ' a', 'a\n\nb\n')),
    event: line,
    id: line,
    retry: fc.nat(),
  },
  { requiredKeys: ['data'] },
);

describe('SSE, both ways', () => {
  it('gives back what was sent, however it is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(message, fc.string()), { maxLength: 5 }), places, (messages, at) => {
        const text = messages
          .map((sent) => (typeof sent === 'string' ? encodeComment(sent) : encodeEvent(sent)))
          .join('');
        let id: string | undefined;
        const expected = messages.flatMap((sent) => {
          if (typeof sent === 'string') return [];
          id = sent.id ?? id;
          const event: SseEvent = { data: sent.data.replaceAll(/\r\n|\r/g, '\n') };
          if (sent.event !== undefined && sent.event !== '') event.event = sent.event;
          if (id !== undefined) event.id = id;
          return [event];
        });
        expect(decode(cut(utf8.encode(text), at))).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  it('reads any stream as eventsource-parser does, however it is cut', () => {
    const start = fc.constantFrom(
      'data',
      'data:',
      'data: ',
      'event: ',
      'id: ',
      'retry: ',
      ': ',
      ' ',
      'x: ',
      '',
    );
    const rest = fc.oneof(fc.constantFrom('', ' ', ':', '12', '\0', 'é🎉'), fc.string());
    const piece = fc
      .tuple(start, rest, fc.constantFrom('\n', '\r', '\r\n', '\n\n', '\r\r', ''))
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), places, (pieces, at) => {
        const text = `x: y\n${pieces.join('')}\n\n\n`;
        const theirs: { data: string; event: string | undefined }[] = [];
        const parser = createParser({ onEvent: ({ data, event }) => theirs.push({ data, event }) });
        parser.feed(text);
        const ours = decode(cut(utf8.encode(text), at)).map(({ data, event }) => ({ data, event }));
        expect(ours).toEqual(theirs);
      }),
      { numRuns: 400 },
    );
  });

  it('is read by eventsource-parser as it was sent', () => {
    fc.assert(
      fc.property(message, (sent) => {
        const got: { data: string; event?: string | undefined; id?: string | undefined }[] = [];
        createParser({ onEvent: (event) => got.push(event) }).feed(encodeEvent(sent));
        expect(got).toEqual([
          { data: sent.data.replaceAll(/\r\n|\r/g, '\n'), event: sent.event || undefined, id: sent.id },
        ]);
      }),
      { numRuns: 300 },
    );
  });
});

describe('encodeEvent', () => {
  it('writes one line of data for one line', () => {
    expect(encodeEvent({ data: '{"a":1}' })).toBe('data: {"a":1}\n\n');
    expect(encodeEvent({ data: 'a\r\nb\rc\nd', event: 'e', id: '1', retry: 5 })).toBe(
      'event: e\nid: 1\nretry: 5\ndata: a\ndata: b\ndata: c\ndata: d\n\n',
    );
  });

  it.each([
    { data: '', event: 'a\nb' },
    { data: '', id: 'a\rb' },
    { data: '', id: 'a\0b' },
    { data: '', retry: -1 },
    { data: '', retry: 1.5 },
  ])('refuses %j', (sent) => {
    expect(() => encodeEvent(sent)).toThrow(TypeError);
  });

  it('writes comments that no reader takes for data', () => {
    expect(encodeComment()).toBe(':\n\n');
    expect(encodeComment('a\ndata: b')).toBe(': a\n: data: b\n\n');
    expect(decode([encodeComment('x\r\rdata: y')])).toEqual([]);
  });
});

describe('SseDecoder', () => {
  it.each([
    ['a byte order mark at the start', ['\uFEFFdata: a\n\n'], [{ data: 'a' }]],
    ['a byte order mark later', ['data: a\n\n\uFEFFdata: b\n\n'], [{ data: 'a' }]],
    ['CR', ['data: a\r\rdata: b\r\r'], [{ data: 'a' }, { data: 'b' }]],
    ['CRLF cut in two', ['data: a\r', '\n\r', '\ndata: b\r\n', '\r\n'], [{ data: 'a' }, { data: 'b' }]],
    ['CRLF cut in two within an event', ['data: a\r', '\ndata: b\n\n'], [{ data: 'a\nb' }]],
    ['CR at the end of a chunk', ['data: a\r', 'data: b\r\r'], [{ data: 'a\nb' }]],
    ['CR and then an empty chunk', ['data: a\r', '', '\n\r\n'], [{ data: 'a' }]],
    ['several lines', ['data: a\ndata:b\ndata\n\n'], [{ data: 'a\nb\n' }]],
    ['one blank only after the colon', ['data:  a\n\n'], [{ data: ' a' }]],
    ['comments and unknown fields', [': x\nfoo: y\ndata: a\n\n'], [{ data: 'a' }]],
    ['empty data', ['data:\n\n', 'data\n\n'], [{ data: '' }, { data: '' }]],
    ['no data', ['event: x\n\n', 'data: a\n\n'], [{ data: 'a' }]],
    [
      'an id that stays',
      ['id: 1\ndata: a\n\ndata: b\n\nid\ndata: c\n\n'],
      [
        { data: 'a', id: '1' },
        { data: 'b', id: '1' },
        { data: 'c', id: '' },
      ],
    ],
    ['an id with NUL', ['id: 1\n\nid: a\0b\ndata: a\n\n'], [{ data: 'a', id: '1' }]],
    ['an unfinished event', ['data: a\n'], []],
    ['an unfinished line', ['data: a\n\ndata: b'], [{ data: 'a' }]],
  ])('reads %s', (_, chunks, events) => {
    expect(decode(chunks)).toEqual(events);
    expect(decode(chunks.map((chunk) => utf8.encode(chunk)))).toEqual(events);
  });

  it('puts characters together that were cut', () => {
    const bytes = utf8.encode('data: 世🎉\n\n');
    expect(decode([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual([{ data: '世🎉' }]);
  });

  it('reads bytes that are no UTF-8 as the HTML standard does', () => {
    expect(decode([Uint8Array.of(0x64, 0x61, 0x74, 0x61, 0x3a, 0xff, 0x0a, 0x0a)])).toEqual([
      { data: '\uFFFD' },
    ]);
  });

  it('knows the last retry that is all digits', () => {
    const decoder = new SseDecoder();
    expect(decoder.retry).toBeUndefined();
    decoder.push('retry: 500\nretry: 1e3\nretry: -1\nretry:\n\n');
    expect(decoder.retry).toBe(500);
  });

  it.each([['one line'], ['many lines']])('gives up on an event without end, of %s', (kind) => {
    const decoder = new SseDecoder({ maxEventBytes: 1000 });
    const chunk = kind === 'one line' ? 'data: '.padEnd(100, 'x') : `data: ${'x'.repeat(93)}\n`;
    decoder.push(`data: ${'y'.repeat(900)}\n\n`);
    let fed = 0;
    expect(() => {
      for (; fed < 100; fed += 1) decoder.push(chunk);
    }).toThrow(RangeError);
    expect(fed).toBe(10);
    expect(() => decoder.push('\n\n')).toThrow(RangeError);
    expect(() => decoder.end()).toThrow(RangeError);
  });

  it('does not count comments against an event', () => {
    const decoder = new SseDecoder({ maxEventBytes: 100 });
    for (let sent = 0; sent < 1000; sent += 1) decoder.push(':\r\n: keep-alive\r\n');
    expect(decoder.push('data: a\n\n')).toEqual([{ data: 'a' }]);
  });

  it('takes linear time for many short lines and for one long one', () => {
    expect(decode([`${'data: a\n'.repeat(100_000)}\n`])).toHaveLength(1);
    const decoder = new SseDecoder();
    for (let sent = 0; sent < 30_000; sent += 1) decoder.push(sent === 0 ? 'data: ' : 'x'.repeat(100));
    expect(decoder.push('\n\n')).toHaveLength(1);
  });
});

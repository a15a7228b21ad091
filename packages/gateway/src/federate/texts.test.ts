import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editTexts, findTexts, object, type Shape } from './texts.ts';

type Kind = 'uri' | 'id';

const SHAPE: Shape<Kind> = object({
  uri: { text: 'uri' },
  list: { each: object({ uri: { text: 'uri' } }), members: new Map([['uri', { text: 'uri' }]]) },
  _meta: object({ id: { any: 'id' } }),
});

describe('findTexts', () => {
  it('finds what stands where the shape says, and nothing else', () => {
    const json =
      ' { "other": {"uri":"no"}, "uri" : "a\\"\\u0041\\\\", "list":[ {"uri":"b","x":[{"uri":"no"}]}, 1, "uri", {"uri":7} ], "_meta":{"id": 12345678901234567890 } } ';
    expect(findTexts(json, SHAPE).map(({ kind, value }) => [kind, value])).toEqual([
      ['uri', 'a"A\\'],
      ['uri', 'b'],
      ['id', '12345678901234567890'],
    ]);
    expect(findTexts('{"list":{"uri":"one"}}', SHAPE).map(({ value }) => value)).toEqual(['one']);
    for (const nothing of ['{}', '[]', '1', '"uri"', 'null', '{"uri":null}', '{"list":[]}'])
      expect(findTexts(nothing, SHAPE)).toEqual([]);
  });

  it('is not led astray by any document, and edits nothing that it did not find', () => {
    const key = fc.constantFrom('uri', 'list', '_meta', 'id', 'other', '"\\', 'é');
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 5 },
        fc.string({ unit: fc.constantFrom('"', '\\', '{', '}', '[', ']', ',', ':', 'a', '\n', '\u2028') }),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.constantFrom(null, true, false),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(key, tie('value'), { maxKeys: 5 }),
      ),
    }));
    fc.assert(
      fc.property(value, fc.constantFrom(undefined, 1, '\t'), (document, indent) => {
        const json = JSON.stringify(document, null, indent);
        const found = findTexts(json, SHAPE);
        for (const { kind, value: text, start, end } of found) {
          const raw = json.slice(start, end);
          expect(kind === 'uri' ? JSON.parse(raw) : raw).toBe(text);
        }
        expect(found.filter(({ kind }) => kind === 'uri').map((one) => one.value)).toEqual(urisIn(document));
        const same = found.map((one) => ({ ...one, json: json.slice(one.start, one.end) }));
        expect(editTexts(json, same)).toBe(json);
        const other = found.map((one) => ({ ...one, json: '"*"' }));
        const back = findTexts(editTexts(json, other), SHAPE).map((one, i) => ({
          ...one,
          json: json.slice(found[i]?.start, found[i]?.end),
        }));
        expect(editTexts(editTexts(json, other), back)).toBe(json);
      }),
    );
  });
});

/** What the shape means, told from the parsed value. */
function urisIn(document: unknown): readonly unknown[] {
  if (!isObject(document)) return [];
  const uris: unknown[] = [];
  for (const [key, value] of Object.entries(JSON.parse(JSON.stringify(document)) as object)) {
    if (key === 'uri') uris.push(value);
    else if (key === 'list')
      for (const item of Array.isArray(value) ? value : [value])
        if (isObject(item) && 'uri' in item) uris.push(item['uri']);
  }
  return uris.filter((uri) => typeof uri === 'string');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

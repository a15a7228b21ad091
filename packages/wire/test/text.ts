import fc from 'fast-check';

/** Well-formed text of any characters. (`fc.string({ unit: 'binary' })` is the same and takes seconds to build.) */
export function anyText(constraints: { minLength?: number } = {}): fc.Arbitrary<string> {
  const character = fc
    .oneof(fc.nat(0x7f), fc.nat(0x10ffff))
    .filter((point) => point < 0xd800 || point > 0xdfff)
    .map((point) => String.fromCodePoint(point));
  return fc.array(character, constraints).map((characters) => characters.join(''));
}

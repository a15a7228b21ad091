import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { encodeBase64url } from './base64url.ts';
import { createKeyRing, formatKeys, parseKeys, randomKey, type SealKey } from './index.ts';
import { secretBytes } from './key.ts';

const BYTES = Uint8Array.from({ length: 32 }, (_, index) => index);

describe('randomKey', () => {
  it('makes 32 new bytes under an id', () => {
    const [one, two] = [randomKey(), randomKey('mine')];
    expect(secretBytes(one)).toHaveLength(32);
    expect(one.secret).not.toBe(two.secret);
    expect(one.id).not.toBe(randomKey().id);
    expect(two.id).toBe('mine');
  });
});

describe('parseKeys', () => {
  it('reads what formatKeys writes, in order', () => {
    const keys = [randomKey('new'), { id: 'old', secret: BYTES }];
    const read = parseKeys(formatKeys(keys));
    expect(read.map(({ id }) => id)).toEqual(['new', 'old']);
    expect(read.map(secretBytes)).toEqual(keys.map(secretBytes));
  });

  it('takes commas, spaces and new lines between keys', () => {
    const [one, two] = [randomKey('a'), randomKey('b')];
    expect(parseKeys(` a:${one.secret} ,\n b:${two.secret}\n`)).toEqual([one, two]);
  });

  it.each([
    ['', /No key found/],
    [' , ', /No key found/],
    ['abc', /Key 1 must have the form "id:secret"/],
    [':abc', /Key 1 must have the form/],
    ['a:', /secret of key "a" must be 32 bytes/],
    [`a:${'A'.repeat(42)}`, /secret of key "a" must be 32 bytes/],
    [`a:${'A'.repeat(43)}`, /not random/],
    [`a:${encodeBase64url(BYTES)}=`, /secret of key "a" must be 32 bytes/],
    [`a:${encodeBase64url(BYTES).slice(0, -1)}9`, /secret of key "a" must be 32 bytes/],
    [`a b:${encodeBase64url(BYTES)}`, /Key 1 must have the form/],
    [`ä:${encodeBase64url(BYTES)}`, /key id must be/],
  ])('refuses %j', (text, message) => {
    expect(() => parseKeys(text)).toThrow(TypeError);
    expect(() => parseKeys(text)).toThrow(message);
  });

  it('does not tell secrets in its errors', () => {
    const secret = encodeBase64url(BYTES).slice(0, 40);
    for (const text of [`a:${secret}`, secret, `a:${randomKey().secret},b:${secret}`]) {
      expect(() => parseKeys(text)).toThrow(
        expect.objectContaining({ message: expect.not.stringContaining(secret) }),
      );
    }
  });
});

describe('createKeyRing', () => {
  it('names its keys, the sealing one first', () => {
    expect(createKeyRing([randomKey('new'), randomKey('old')]).ids).toEqual(['new', 'old']);
  });

  it('keeps a copy of the bytes it is given', async () => {
    const secret = Uint8Array.from(BYTES);
    const ring = createKeyRing([{ id: 'a', secret }]);
    secret.fill(7);
    const key = await ring.sealingKey().cryptoKey();
    const expected = await createKeyRing([{ id: 'a', secret: BYTES }])
      .sealingKey()
      .cryptoKey();
    const iv = new Uint8Array(12);
    const seal = async (cryptoKey: CryptoKey) =>
      new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, cryptoKey, BYTES));
    expect(await seal(key)).toEqual(await seal(expected));
  });

  it('does not show its secrets when printed, nor give its keys away', async () => {
    const key = randomKey('a');
    const ring = createKeyRing([key]);
    const bytes = [...secretBytes(key)].join(', ');
    for (const text of [inspect(ring, { depth: 9, showHidden: true }), JSON.stringify(ring), String(ring)]) {
      expect(text).not.toContain(String(key.secret));
      expect(text).not.toContain(bytes);
    }
    const cryptoKey = await ring.sealingKey().cryptoKey();
    expect(cryptoKey.extractable).toBe(false);
  });

  it.each<[string, readonly SealKey[], RegExp]>([
    ['no key', [], /at least one key/],
    ['a repeated id', [randomKey('a'), randomKey('a')], /same id/],
    ['too many keys', Array.from({ length: 17 }, (_, index) => randomKey(`k${index}`)), /at most 16/],
    ['a secret of another length', [{ id: 'a', secret: BYTES.subarray(1) }], /32 bytes/],
    ['a secret of zeros', [{ id: 'a', secret: new Uint8Array(32) }], /not random/],
    ['an id that does not fit', [{ id: 'a.b/c', secret: BYTES }], /key id/],
  ])('refuses %s', (_name, keys, message) => {
    expect(() => createKeyRing(keys)).toThrow(TypeError);
    expect(() => createKeyRing(keys)).toThrow(message);
  });
});

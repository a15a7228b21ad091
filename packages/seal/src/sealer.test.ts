import fc from 'fast-check';
import { CompactEncrypt, compactDecrypt } from 'jose';
import { describe, expect, it } from 'vitest';
import { decodeBase64url, encodeBase64url } from './base64url.ts';
import { type Cipher, joseCipher } from './cipher.ts';
import { contextDigest, writePayload } from './handle.ts';
import {
  createKeyRing,
  createSealer,
  type JSONValue,
  randomKey,
  type SealContext,
  type Sealer,
  type SealerOptions,
} from './index.ts';
import { secretBytes } from './key.ts';
import { createSealerWith } from './sealer.ts';

const CONTEXT: SealContext = {
  purpose: 'request-state',
  principal: 'https://issuer.example|alice',
  binding: 'digest',
};
const START = 1_800_000_000_000;

describe('a handle', () => {
  it('opens to what was sealed, on any instance that shares the keys', async () => {
    const key = randomKey();
    const [one, other] = [sealerOf([key]), sealerOf([key])];
    await fc.assert(
      fc.asyncProperty(
        fc.jsonValue(),
        anyContext(),
        fc.integer({ min: 1, max: 1e9 }),
        async (value, context, ttlMs) => {
          // fast-check's JSON values are JSON values.
          const data = JSON.parse(JSON.stringify(value)) as JSONValue;
          const handle = await one.seal(data, { ...context, ttlMs });
          const opened = await other.open(handle, context);
          expect(opened).toEqual({ data, id: expect.any(String), expiresAt: START + ttlMs });
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is a compact JWE that another library opens with the key', async () => {
    const key = randomKey('k1');
    const handle = await sealerOf([key]).seal({ secret: 1 }, { ...CONTEXT, ttlMs: 1_000 });
    const { plaintext, protectedHeader } = await compactDecrypt(handle, secretBytes(key));
    expect(protectedHeader).toEqual({ alg: 'dir', enc: 'A256GCM', kid: 'k1' });
    expect(new TextDecoder().decode(plaintext)).toContain('{"secret":1}');
  });

  it('shows its holder nothing of what it holds', async () => {
    const handle = await sealerOf([randomKey()]).seal({ secret: 'hunter2' }, { ...CONTEXT, ttlMs: 1_000 });
    const bytes = handle.split('.').map((segment) => new TextDecoder().decode(decodeBase64url(segment)));
    for (const word of ['hunter2', 'secret', 'alice', 'request-state', 'digest']) {
      expect(handle + bytes.join('')).not.toContain(word);
    }
  });

  it('has an id of its own, even where all else is the same', async () => {
    const sealer = sealerOf([randomKey()]);
    const handles = await Promise.all(
      Array.from({ length: 50 }, () => sealer.seal(1, { ...CONTEXT, ttlMs: 1_000 })),
    );
    const ids = await Promise.all(handles.map(async (handle) => (await sealer.open(handle, CONTEXT))?.id));
    expect(new Set(ids).size).toBe(50);
    expect(new Set(handles).size).toBe(50);
  });
});

describe('a handle is refused', () => {
  it('when any one of its bits is flipped', async () => {
    const sealer = sealerOf([randomKey('key')]);
    const handle = await sealer.seal({ step: 1 }, { ...CONTEXT, ttlMs: 1_000 });
    const accepted: string[] = [];
    for (let index = 0; index < handle.length; index += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        const flipped = String.fromCharCode(handle.charCodeAt(index) ^ (1 << bit));
        const altered = handle.slice(0, index) + flipped + handle.slice(index + 1);
        if ((await sealer.open(altered, CONTEXT)) !== undefined) accepted.push(`${index}.${bit}`);
      }
    }
    expect(accepted).toEqual([]);
  });

  it('when any one of its characters is another of the alphabet', async () => {
    const sealer = sealerOf([randomKey('key')]);
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ ';
    // Three lengths, so that the last character of the ciphertext carries 0, 2 and 4 bits of no meaning.
    for (const data of ['a', 'ab', 'abc']) {
      const handle = await sealer.seal(data, { ...CONTEXT, ttlMs: 1_000 });
      const ends = [...handle.matchAll(/\.|$/g)]
        .map(({ index }) => index - 1)
        .filter((index) => handle[index] !== '.');
      for (const index of ends) {
        for (const character of alphabet) {
          if (character === handle[index]) continue;
          const altered = handle.slice(0, index) + character + handle.slice(index + 1);
          expect([altered, await sealer.open(altered, CONTEXT)]).toEqual([altered, undefined]);
        }
      }
    }
  });

  it('when it is cut short anywhere, or anything is added', async () => {
    const sealer = sealerOf([randomKey('key')]);
    const handle = await sealer.seal({ step: 1 }, { ...CONTEXT, ttlMs: 1_000 });
    for (let length = 0; length < handle.length; length += 1) {
      expect(await sealer.open(handle.slice(0, length), CONTEXT)).toBeUndefined();
      expect(await sealer.open(handle.slice(length + 1), CONTEXT)).toBeUndefined();
    }
    for (const addition of ['A', '=', '==', '.', ' ', '\n', '\0', '.A', handle]) {
      expect(await sealer.open(handle + addition, CONTEXT)).toBeUndefined();
      expect(await sealer.open(addition + handle, CONTEXT)).toBeUndefined();
    }
  });

  it('for any other purpose, principal or binding', async () => {
    const sealer = sealerOf([randomKey()]);
    await fc.assert(
      fc.asyncProperty(anyContext(), anyContext(), async (sealed, asked) => {
        const handle = await sealer.seal(1, { ...sealed, ttlMs: 1_000 });
        const same = (['purpose', 'principal', 'binding'] as const).every(
          (field) => sealed[field] === asked[field],
        );
        expect((await sealer.open(handle, asked)) !== undefined).toBe(same);
      }),
      { numRuns: 100 },
    );
    const handle = await sealer.seal(1, { ...CONTEXT, ttlMs: 1_000 });
    for (const field of ['purpose', 'principal', 'binding'] as const) {
      for (const other of [`${CONTEXT[field]} `, CONTEXT[field].toUpperCase(), 'x', '\ud800']) {
        expect(await sealer.open(handle, { ...CONTEXT, [field]: other })).toBeUndefined();
      }
    }
  });

  it('when parts of the context change places', async () => {
    const sealer = sealerOf([randomKey()]);
    for (const between of ['', ',', ' ', ':', '|', '\0', '","', '"]["', '\n']) {
      const handle = await sealer.seal(1, {
        purpose: 'a',
        principal: `b${between}c`,
        binding: 'd',
        ttlMs: 1_000,
      });
      for (const context of [
        { purpose: `a${between}b`, principal: 'c', binding: 'd' },
        { purpose: 'a', principal: 'b', binding: `c${between}d` },
      ]) {
        expect([context, await sealer.open(handle, context)]).toEqual([context, undefined]);
      }
    }
  });

  it('from the moment it expires', async () => {
    let now = START;
    const sealer = createSealer({ keys: createKeyRing([randomKey()]), now: () => now });
    const handle = await sealer.seal(1, { ...CONTEXT, ttlMs: 1_000 });
    now = START + 999;
    expect(await sealer.open(handle, CONTEXT)).toBeDefined();
    now = START + 1_000;
    expect(await sealer.open(handle, CONTEXT)).toBeUndefined();
  });

  it('when another key of the same name sealed it', async () => {
    const handle = await sealerOf([randomKey('key')]).seal(1, { ...CONTEXT, ttlMs: 1_000 });
    expect(await sealerOf([randomKey('key')]).open(handle, CONTEXT)).toBeUndefined();
  });

  it('when parts of two handles are put together', async () => {
    const sealer = sealerOf([randomKey('key')]);
    const [one, two] = await Promise.all(
      ['one', 'two'].map((data) => sealer.seal(data, { ...CONTEXT, ttlMs: 1_000 })),
    );
    const [first, second] = [one?.split('.') ?? [], two?.split('.') ?? []];
    for (const index of [2, 3, 4]) {
      const mixed = first
        .map((segment, position) => (position === index ? second[position] : segment))
        .join('.');
      expect(await sealer.open(mixed, CONTEXT)).toBeUndefined();
    }
  });

  it('when its header says anything but what a sealer writes', async () => {
    const key = randomKey('key');
    const handle = await sealerOf([key]).seal(1, { ...CONTEXT, ttlMs: 1_000 });
    const [, , ...rest] = handle.split('.');
    const { plaintext } = await compactDecrypt(handle, secretBytes(key));
    for (const header of [
      { alg: 'dir', enc: 'A256GCM', kid: 'key', zip: 'DEF' },
      { enc: 'A256GCM', alg: 'dir', kid: 'key' },
      { alg: 'dir', enc: 'A256GCM' },
    ]) {
      const encoded = encodeBase64url(new TextEncoder().encode(JSON.stringify(header)));
      expect(await sealerOf([key]).open([encoded, '', ...rest].join('.'), CONTEXT)).toBeUndefined();
    }
    // Even one that is sealed rightly, with the right key, under another header.
    const foreign = await new CompactEncrypt(plaintext)
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: 'key', typ: 'x' })
      .encrypt(secretBytes(key));
    expect(await sealerOf([key]).open(foreign, CONTEXT)).toBeUndefined();
  });

  it.each([
    ['of another version', (payload: Uint8Array) => payload.map((byte, index) => (index === 0 ? 2 : byte))],
    ['too short to hold a context', (payload: Uint8Array) => payload.subarray(0, 40)],
    ['empty', () => new Uint8Array()],
  ])('when its payload is %s', async (_name, change) => {
    const key = randomKey('key');
    const sealer = sealerOf([key]);
    const { plaintext } = await compactDecrypt(
      await sealer.seal(1, { ...CONTEXT, ttlMs: 1_000 }),
      secretBytes(key),
    );
    const handle = await new CompactEncrypt(change(plaintext))
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: 'key' })
      .encrypt(secretBytes(key));
    expect(await sealer.open(handle, CONTEXT)).toBeUndefined();
  });

  it('when any byte of the context it was sealed for differs', async () => {
    const key = randomKey('key');
    const payload = writePayload(await contextDigest(CONTEXT), START + 1_000, new TextEncoder().encode('1'));
    const open = async (plaintext: Uint8Array) => {
      const decrypt = async () => plaintext;
      const sealer = createSealerWith(
        { ...joseCipher(), decrypt },
        { keys: createKeyRing([key]), now: () => START },
      );
      return sealer.open(await sealer.seal(1, { ...CONTEXT, ttlMs: 1_000 }), CONTEXT);
    };
    expect(await open(payload)).toMatchObject({ data: 1 });
    for (let index = 0; index < 33; index += 1) {
      const altered = payload.map((byte, position) => (position === index ? byte ^ 1 : byte));
      expect([index, await open(altered)]).toEqual([index, undefined]);
    }
  });

  it('when it is no handle at all', async () => {
    const sealer = sealerOf([randomKey()]);
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.base64String(), anyJweShape()), async (text) => {
        expect(await sealer.open(text, CONTEXT)).toBeUndefined();
      }),
      { numRuns: 200 },
    );
    for (const value of [undefined, null, 1, {}, ['a']]) {
      // Deliberately of the wrong type: handles come from outside.
      expect(await sealer.open(value as unknown as string, CONTEXT)).toBeUndefined();
    }
  });

  it('when it is longer than any the sealer makes, without a look', async () => {
    const key = randomKey();
    const large = await sealerOf([key]).seal('x'.repeat(2_000), { ...CONTEXT, ttlMs: 1_000 });
    const { sealer, decrypted } = counting({ keys: createKeyRing([key]), maxBytes: 100 });
    expect(await sealer.open(large, CONTEXT)).toBeUndefined();
    expect(await sealer.open('x'.repeat(10_000_000), CONTEXT)).toBeUndefined();
    expect(decrypted.map((token) => token.length).every((length) => length < 1_000)).toBe(true);
  });
});

describe('a refusal', () => {
  it('costs one decryption of about the same length, whatever the reason', async () => {
    const [key, stranger] = [randomKey('key'), randomKey('stranger')];
    let now = START;
    const { sealer, decrypted } = counting({ keys: createKeyRing([key]), now: () => now });
    const good = await sealer.seal({ step: 1 }, { ...CONTEXT, ttlMs: 1_000 });
    const foreign = await sealerOf([stranger]).seal({ step: 1 }, { ...CONTEXT, ttlMs: 1_000 });
    const reasons: readonly (() => Promise<unknown>)[] = [
      () => sealer.open(`${good.slice(0, -1)}${good.endsWith('A') ? 'Q' : 'A'}`, CONTEXT),
      () => sealer.open(foreign, CONTEXT),
      () => sealer.open('x'.repeat(good.length), CONTEXT),
      () => sealer.open(good.replaceAll('.', '!'), CONTEXT),
      () => sealer.open(good, { ...CONTEXT, purpose: 'task-id' }),
      () => sealer.open(good, { ...CONTEXT, principal: 'mallory' }),
      () => sealer.open(good, { ...CONTEXT, binding: 'other' }),
      () => {
        now = START + 2_000;
        return sealer.open(good, CONTEXT);
      },
    ];
    for (const reason of reasons) {
      decrypted.length = 0;
      expect(await reason()).toBeUndefined();
      expect(decrypted.length).toBe(1);
      expect(Math.abs((decrypted[0]?.length ?? 0) - good.length)).toBeLessThan(120);
    }
  });

  it('never comes of a decryption that succeeded with the key that stands in for unknown ones', async () => {
    const payload = writePayload(
      await contextDigest(CONTEXT),
      START + 1_000,
      new TextEncoder().encode('"in"'),
    );
    const open: Cipher = { encrypt: joseCipher().encrypt, decrypt: async () => payload };
    const sealer = createSealerWith(open, { keys: createKeyRing([randomKey('key')]), now: () => START });
    const known = await sealerOf([randomKey('key')]).seal(1, { ...CONTEXT, ttlMs: 1_000 });
    expect(await sealer.open(known, CONTEXT)).toMatchObject({ data: 'in' });
    expect(await sealer.open('malformed', CONTEXT)).toBeUndefined();
    const foreign = await sealerOf([randomKey('stranger')]).seal(1, { ...CONTEXT, ttlMs: 1_000 });
    expect(await sealer.open(foreign, CONTEXT)).toBeUndefined();
  });
});

describe('misuse throws a TypeError', () => {
  const sealer = sealerOf([randomKey()]);

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, Number.MAX_VALUE])(
    'for a time to live of %d',
    (ttlMs) => {
      expect(() => sealer.seal(1, { ...CONTEXT, ttlMs })).toThrow(TypeError);
    },
  );

  it('for data that is not JSON, or too much of it', async () => {
    // Deliberately of the wrong type: callers may not be type-checked.
    expect(() => sealer.seal(undefined as unknown as JSONValue, { ...CONTEXT, ttlMs: 1 })).toThrow(TypeError);
    expect(() => sealer.seal(1n as unknown as JSONValue, { ...CONTEXT, ttlMs: 1 })).toThrow(TypeError);
    expect(() => sealer.seal('x'.repeat(65_535), { ...CONTEXT, ttlMs: 1 })).toThrow(
      /65537 bytes of JSON, at most 65536/,
    );
    const largest = await sealer.seal('x'.repeat(65_534), { ...CONTEXT, ttlMs: 1 });
    expect(await sealer.open(largest, CONTEXT)).toBeDefined();
  });

  it('for a context that is not text, or a purpose that is empty', async () => {
    expect(() => sealer.seal(1, { ...CONTEXT, purpose: '', ttlMs: 1 })).toThrow(TypeError);
    const broken = { ...CONTEXT, principal: undefined as unknown as string };
    expect(() => sealer.seal(1, { ...broken, ttlMs: 1 })).toThrow(/`principal` must be a string/);
    await expect(sealer.open('x', broken)).rejects.toThrow(TypeError);
  });

  it('for a sealer without keys or with a senseless bound', () => {
    expect(() => createSealer({} as SealerOptions)).toThrow(/createKeyRing/);
    expect(() => createSealer({ keys: createKeyRing([randomKey()]), maxBytes: 0 })).toThrow(TypeError);
  });
});

// ---------------------------------------------------------------------------------------------------------------------

function sealerOf(keys: Parameters<typeof createKeyRing>[0]): Sealer {
  return createSealer({ keys: createKeyRing(keys), now: () => START });
}

/** A sealer over the real cipher that notes every decryption. */
function counting(options: SealerOptions): { sealer: Sealer; decrypted: string[] } {
  const cipher = joseCipher();
  const decrypted: string[] = [];
  const decrypt: Cipher['decrypt'] = (token, key) => {
    decrypted.push(token);
    return cipher.decrypt(token, key);
  };
  return {
    sealer: createSealerWith({ encrypt: cipher.encrypt, decrypt }, { now: () => START, ...options }),
    decrypted,
  };
}

function anyContext(): fc.Arbitrary<SealContext> {
  const text = fc.oneof(
    fc.constantFrom('', 'a', '"', '["', 'a","b'),
    fc.string({ unit: 'binary', maxLength: 20 }),
  );
  return fc.record({ purpose: text.filter((purpose) => purpose !== ''), principal: text, binding: text });
}

function anyJweShape(): fc.Arbitrary<string> {
  const segment = fc.oneof(
    fc.constant(''),
    fc.base64String().map((text) => text.replaceAll('=', '').replaceAll('+', '-')),
  );
  return fc.array(segment, { minLength: 4, maxLength: 6 }).map((segments) => segments.join('.'));
}

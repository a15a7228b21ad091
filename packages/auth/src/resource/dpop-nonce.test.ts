import { describe, expect, it } from 'vitest';
import { createNonces, type NonceOptions } from './dpop-nonce.ts';

const RESOURCE = 'https://mcp.example.com/mcp';
const SECRET = 'a secret of more than thirty-two characters';
const LIFETIME_MS = 60_000;

function make(options: NonceOptions = {}, resource = RESOURCE) {
  const clock = { now: 1_800_000_000_000 };
  const nonces = createNonces(
    { secrets: [SECRET], lifetimeMs: LIFETIME_MS, ...options },
    resource,
    () => clock.now,
  );
  return { nonces, clock };
}

describe('a nonce', () => {
  it('is accepted by every instance that has the secret, and by no other', async () => {
    const nonce = await make().nonces.current();
    expect(await make().nonces.check(nonce)).toBe('current');
    expect(await make({ secrets: [`another ${SECRET}`] }).nonces.check(nonce)).toBe('refused');
    expect(await make({ secrets: [crypto.randomUUID() + crypto.randomUUID()] }).nonces.check(nonce)).toBe(
      'refused',
    );
  });

  it('is wanted anew after its lifetime, and refused after twice as long', async () => {
    const { nonces, clock } = make();
    const nonce = await nonces.current();
    const outcomes: string[] = [];
    for (let steps = 0; steps < 3; steps += 1, clock.now += LIFETIME_MS)
      outcomes.push(await nonces.check(nonce));
    expect(outcomes).toEqual(['current', 'renew', 'refused']);
    expect(await nonces.current()).not.toBe(nonce);
  });

  it('of an instance whose clock is a little ahead is accepted', async () => {
    const ahead = make();
    ahead.clock.now += LIFETIME_MS;
    expect(await make().nonces.check(await ahead.nonces.current())).toBe('current');
    ahead.clock.now += LIFETIME_MS;
    expect(await make().nonces.check(await ahead.nonces.current())).toBe('refused');
  });

  it('outlives the rotation of secrets', async () => {
    const nonce = await make().nonces.current();
    const next = `the next ${SECRET}`;
    expect(await make({ secrets: [next, SECRET] }).nonces.check(nonce)).toBe('current');
    const fresh = await make({ secrets: [next, SECRET] }).nonces.current();
    expect(await make({ secrets: [SECRET] }).nonces.check(fresh)).toBe('refused');
  });

  it('belongs to one resource', async () => {
    const nonce = await make({}, `${RESOURCE}/other`).nonces.current();
    expect(await make().nonces.check(nonce)).toBe('refused');
  });

  it('cannot be made up, moved in time, or cut', async () => {
    const { nonces } = make();
    const nonce = await nonces.current();
    const [period = '', signature = ''] = nonce.split('.');
    const later = (Number.parseInt(period, 36) + 1).toString(36);
    for (const forged of [
      `${later}.${signature}`,
      `${period}.${signature.slice(1)}A`,
      `${period}.${'A'.repeat(43)}`,
      period,
      `${period}.`,
      nonce.slice(0, -1),
      `${nonce}A`,
      nonce.toUpperCase(),
      '',
      undefined,
      null,
      7,
      [nonce],
    ])
      expect(await nonces.check(forged), String(forged)).toBe('refused');
    expect(nonce).toMatch(/^[\x21\x23-\x5b\x5d-\x7e]+$/);
  });

  it.each<NonceOptions>([
    { secrets: [] },
    { secrets: ['short'] },
    { secrets: [SECRET, 'short'] },
    { lifetimeMs: 0 },
    { lifetimeMs: Number.NaN },
  ])('is not made by %j', (options) => {
    expect(() => make(options)).toThrow(TypeError);
  });
});

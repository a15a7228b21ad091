import { describe, expect, it } from 'vitest';
import { memoryReplayStore } from './replay-store.ts';
import { createTokenCache } from './token-cache.ts';

const GOOD = { claims: {}, expiresAt: 60_000, trusted: { issuer: 'https://auth.example.com' } };

describe('the memory of tokens', () => {
  it('cannot be emptied of what counts by a flood of what does not', async () => {
    const cache = createTokenCache({ now: () => 0, ttlMs: 60_000, maxTokens: 10 });
    let checks = 0;
    const good = () =>
      cache.through('good', async () => {
        checks += 1;
        return GOOD;
      });
    await good();
    for (let i = 0; i < 1_000; i += 1) await cache.through(`bad ${i}`, async () => undefined);
    await good();
    expect(checks).toBe(1);
  });

  it('remembers that a token was refused, and no longer than for a while', async () => {
    const clock = { now: 0 };
    const cache = createTokenCache({ now: () => clock.now, ttlMs: 60_000, maxTokens: 10 });
    let valid = false;
    const ask = () => cache.through('t', async () => (valid ? GOOD : undefined));
    expect(await ask()).toBeUndefined();
    valid = true;
    expect(await ask()).toBeUndefined();
    clock.now = 5_001;
    expect(await ask()).toEqual(GOOD);
    valid = false;
    expect(await ask()).toEqual(GOOD);
  });
});

describe('the memory of proofs', () => {
  it('takes none while it is full, and others once those have lost their meaning', async () => {
    const clock = { now: 0 };
    const store = memoryReplayStore({ now: () => clock.now, maxIds: 3 });
    for (const id of ['a', 'b', 'c']) expect(await store.consume(id, 10_000)).toBe(true);
    expect(await store.consume('d', 10_000)).toBe(false);
    clock.now = 10_001;
    expect(await store.consume('d', 20_000)).toBe(true);
    expect(await store.consume('d', 20_000)).toBe(false);
  });

  it('is not looked through by every request while it is full', async () => {
    let looks = 0;
    const store = memoryReplayStore({ now: () => 0, maxIds: 50_000 });
    for (let i = 0; i < 50_000; i += 1) await store.consume(`${i}`, 1_000_000);
    const started = process.cpuUsage();
    for (; looks < 10_000; looks += 1) expect(await store.consume(`more ${looks}`, 1_000_000)).toBe(false);
    // Looking through all of them each time takes several seconds.
    expect(process.cpuUsage(started).user / 1_000).toBeLessThan(2_000);
  });
});

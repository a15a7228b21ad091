import { describe, expect, it } from 'vitest';
import { ask, inFront, numbered } from '../test/cacheable.ts';

describe('the time that a kept answer has left', () => {
  it('is never more than its server has said, whatever becomes of the clock', async () => {
    let time = 1_764_000_000_000;
    const up = await numbered();
    const { url } = await inFront(up, { options: { clock: () => time } });
    await ask(url);
    time -= 3_600_000;
    expect((await ask(url)).json.result).toMatchObject({ n: 2, ttlMs: 60_000 });
    time += 59_999;
    expect((await ask(url)).json.result).toMatchObject({ n: 2, ttlMs: 1 });
  });

  it('is whole milliseconds', async () => {
    const time = 1_764_000_000_000;
    const { url } = await inFront(await numbered({ ttlMs: 1000.5 }), { options: { clock: () => time } });
    await ask(url);
    expect((await ask(url)).json.result).toMatchObject({ n: 1, ttlMs: 1000 });
  });
});

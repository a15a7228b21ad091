import { expect, it, onTestFinished, vi } from 'vitest';
import { systemEnvironment } from './environment.ts';

it('sleeps as long as a timer can, and not for no time, where it is to sleep longer', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  let awake = false;
  const sleep = systemEnvironment.sleep(3_000_000_000).then(() => {
    awake = true;
  });
  await vi.advanceTimersByTimeAsync(2_147_483_646);
  expect(awake).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  await sleep;
});

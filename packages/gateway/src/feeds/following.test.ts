import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { ForwardContext } from '../forward/forwarding.ts';
import type { StreamRequest } from '../upstream/stream.ts';
import { Following } from './following.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it.each([
  ['soon where the server had agreed to something', { taskIds: ['t'] }, 125],
  ['soon where it had agreed to nothing that was named', {}, 125],
  ['late where it knows none of what was named', { taskIds: [] }, 30_000],
])('listens again %s', (_what, notifications, pauseMs) => {
  // Only the chance of the context is used before the stream is opened again, and here it never is.
  const context = { random: () => 0 } as ForwardContext;
  const following = new Following({} as StreamRequest, { acknowledged() {}, notified() {} }, context);
  const again = vi.spyOn(following, 'start').mockImplementation(() => undefined);
  const method = 'notifications/subscriptions/acknowledged';
  following.notified({ jsonrpc: '2.0', method, params: { notifications } }, '');
  following.over('ended');
  vi.advanceTimersByTime(pauseMs - 1);
  expect(again).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(again).toHaveBeenCalledOnce();
  following.stop();
});

import net, { type AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { NO_REDIS, ownRedis } from '../../test/redis.ts';
import { until } from '../../test/until.ts';
import { redisState } from './redis-state.ts';

/** An address that leads to another port from some moment on, for connections that are made then. */
async function address(first: number): Promise<{ readonly url: string; leadTo(port: number): void }> {
  let port = first;
  const server = net.createServer((socket) => {
    const onward = net.connect(port, '127.0.0.1');
    socket.on('error', () => undefined).on('close', () => onward.destroy());
    onward.on('error', () => undefined).on('close', () => socket.destroy());
    socket.pipe(onward).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port: own } = server.address() as AddressInfo;
  return {
    url: `redis://127.0.0.1:${own}`,
    leadTo: (other) => {
      port = other;
    },
  };
}

it('goes on with the new primary where the one it is connected to has become a replica', async ({ skip }) => {
  const [one, two] = [(await ownRedis()) ?? skip(NO_REDIS), (await ownRedis()) ?? skip(NO_REDIS)];
  const { url, leadTo } = await address(one.port);
  const state = redisState({
    ...{ url, password: undefined, ca: undefined, prefix: 't:', timeoutMs: 1000, log: () => {} },
    ...{ now: () => performance.now(), clock: Date.now },
  });
  onTestFinished(async () => state.close());
  expect(await state.increment('n', 60_000)).toBe(1);
  leadTo(two.port);
  // The connection stays: nothing else tells that this is the wrong server now.
  await one.ask(`REPLICAOF 127.0.0.1 ${two.port}`);
  await until(async () => (await state.increment('n', 60_000).catch(() => 0)) > 0);
  expect(await two.ask('EXISTS t:n')).toContain(':1');
});

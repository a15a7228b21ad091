import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import net from 'node:net';

/**
 * Below those that systems give to whoever asks for any port: what is to be started on one later, or again, finds it free
 * whatever else runs here.
 */
const [FIRST, LAST] = [20_000, 32_000];

/** So many ports that nobody listens on. */
export async function freePorts(count: number): Promise<number[]> {
  const held: net.Server[] = [];
  while (held.length < count) {
    const server = net.createServer().listen(randomInt(FIRST, LAST), '127.0.0.1');
    const listening = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (listening) held.push(server);
  }
  // A server that listens on a port has an address with one.
  const ports = held.map((server) => (server.address() as net.AddressInfo).port);
  await Promise.all(held.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const [port = 0] = await freePorts(1);
  return port;
}

import { once } from 'node:events';
import net, { type AddressInfo, type Socket } from 'node:net';

/** Stands between the instances and the database, and cuts connections. */
export class CuttingProxy {
  readonly #server: net.Server;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  #shut = false;

  private constructor(target: number) {
    this.#server = net.createServer((client) => this.#accept(client, target));
  }

  static async start(target: number): Promise<CuttingProxy> {
    const proxy = new CuttingProxy(target);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port; // it listens on a port
  }

  /** Cuts each open connection with this likelihood. */
  cut(likely: () => boolean): void {
    for (const pair of this.#pairs) if (likely()) for (const socket of pair) socket.resetAndDestroy();
  }

  /** Takes no connection, and cuts those that are open, until it is opened again. */
  shut(): void {
    this.#shut = true;
    this.cut(() => true);
  }

  open(): void {
    this.#shut = false;
  }

  async close(): Promise<void> {
    this.shut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #accept(client: Socket, target: number): void {
    if (this.#shut) {
      client.resetAndDestroy();
      return;
    }
    const server = net.connect(target, '127.0.0.1');
    const pair = [client, server] as const;
    this.#pairs.add(pair);
    for (const socket of pair) {
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.#pairs.delete(pair);
        for (const one of pair) one.destroy();
      });
    }
    client.pipe(server);
    server.pipe(client);
  }
}

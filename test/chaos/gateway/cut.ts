import net from 'node:net';

/** A port that leads to another one, and can be cut. */
export interface CutProxy {
  readonly port: number;
  /** Cuts every connection, and takes no new ones until `mend`. */
  cut(): void;
  mend(): void;
  close(): void;
}

/** Opens a port that leads to `host:port`. */
export async function cutProxy(port: number, host = '127.0.0.1'): Promise<CutProxy> {
  const sockets = new Set<net.Socket>();
  let whole = true;
  const proxy = net.createServer((near) => {
    if (!whole) {
      near.destroy();
      return;
    }
    const far = net.connect(port, host);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const cutAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    // A server that listens on a port has an address with one.
    port: (proxy.address() as net.AddressInfo).port,
    cut() {
      whole = false;
      cutAll();
    },
    mend() {
      whole = true;
    },
    close() {
      proxy.close();
      cutAll();
    },
  };
}

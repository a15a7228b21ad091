import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Client, ClientOptions, TerminatingLink } from '@switchyard/client';
import { createClient, fetchLink, inProcessLink } from '@switchyard/client';
import { undiciLink } from '@switchyard/client/node';
import type { Server } from '@switchyard/server';
import { toNodeHandler } from '@switchyard/server/node';

/** A way from a client to servers. */
export interface Way {
  readonly name: string;
  /** Opens it to one of the servers, or to all of them in turn. */
  open(servers: readonly Server[]): Promise<Opened>;
}

/** A way that is open. */
export interface Opened {
  readonly link: TerminatingLink;
  close(): Promise<void>;
}

/** Every way to a server of the same process. */
export const WAYS: readonly Way[] = [
  { name: 'in process', open: inProcess },
  { name: 'through undici', open: (servers) => overSocket(servers, (url) => undiciLink({ url })) },
  { name: 'through fetch', open: (servers) => overSocket(servers, (url) => fetchLink({ url })) },
];

/** Runs what is given with a client that has opened a way to the servers, and closes all of it. */
export async function withClient(
  way: Way,
  servers: readonly Server[],
  use: (client: Client) => Promise<void>,
  options: Omit<ClientOptions, 'url' | 'link'> = {},
): Promise<void> {
  const opened = await way.open(servers);
  const client = createClient({ ...options, link: opened.link });
  try {
    await use(client);
  } finally {
    await client.close();
    await opened.close();
  }
}

async function inProcess(servers: readonly Server[]): Promise<Opened> {
  let turn = 0;
  const link = inProcessLink((request) => {
    const server = servers[turn++ % servers.length];
    if (server === undefined) throw new Error('There is no server.');
    return server.fetch(request);
  });
  return { link, close: async () => undefined };
}

async function overSocket(
  servers: readonly Server[],
  dial: (url: string) => TerminatingLink,
): Promise<Opened> {
  let turn = 0;
  const handlers = servers.map((server) => toNodeHandler(server));
  const http = createHttpServer((req, res) => void handlers[turn++ % handlers.length]?.(req, res));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo; // it listens on a port
  return {
    link: dial(`http://127.0.0.1:${port}/mcp`),
    close: () =>
      new Promise((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  };
}

import { once } from 'node:events';
import type { Server as HttpServer } from 'node:http';
import { Server as NetServer } from 'node:net';

/** How long connections that are idle stay open once a listener closes, in milliseconds. */
export const QUIET_MS = 1000;

/**
 * Stops listening without breaking in on anybody who is connected, and resolves when the last connection is gone.
 * `http.Server.close` also closes idle connections, at the very moment at which a balancer may be sending a request on one:
 * it would be lost, and nobody could tell whether it ran.
 */
export async function stopListening(server: HttpServer): Promise<void> {
  const closed = once(server, 'close');
  // Connections that the system has made and that nobody has accepted yet are reset with the listening socket. The event
  // loop accepts all there are before it comes to immediates, so that hardly any can be caught so.
  await new Promise((resolve) => setImmediate(resolve));
  // Where `node:http` is another's work than Node's, what a server closes is that one's own affair.
  if (isNodes(server)) NetServer.prototype.close.call(server);
  else server.close();
  await closed;
}

/**
 * Waits for as long as idle connections are to stay open, or until there are none. Whoever sends on one meanwhile is
 * to be answered, and told to come back on another.
 */
export async function quiet(closed: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([closed, over]);
  clearTimeout(timer);
}

// ---

const isNodes = (server: unknown): boolean => server instanceof NetServer;

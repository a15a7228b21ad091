import { Console } from 'node:console';
import { type Servable, serve } from '@switchyard/server/node';
import { serveStdio } from '@switchyard/server/stdio';
import { Failure } from '../failure.ts';

/** A way in that is open. */
export interface Front {
  /** For people: `at http://127.0.0.1:3000/mcp`. */
  readonly where: string;
  /** Resolves when nobody can come any more. */
  readonly ended: Promise<void>;
  /** Takes nothing new and lets what is under way finish for at most `timeoutMs` milliseconds. */
  close(timeoutMs: number): Promise<void>;
}

/** Where a server listens. */
export interface Address {
  readonly port: number;
  readonly host: string;
  readonly path: string;
}

/** What a served process tells the process that started it with an IPC channel, once it can be called. */
export interface ListeningMessage {
  readonly type: 'listening';
  readonly url: string;
  readonly port: number;
}

/** Opens an HTTP port. Rejects with `Failure` where that cannot be done. */
export async function startHttp(server: Servable, { port, host, path }: Address): Promise<Front> {
  const listening = await serve(server, { port, host, path }).catch((error: unknown) => {
    throw listenFailure(error, { host, port });
  });
  const message: ListeningMessage = { type: 'listening', url: listening.url, port: listening.port };
  if (process.connected) process.send?.(message);
  return {
    where: `at ${listening.url}`,
    ended: new Promise(() => {}),
    close: (timeoutMs) => listening.close({ timeoutMs }),
  };
}

/** From now on `console` writes to standard error: on stdio, standard output belongs to the protocol. */
export function divertConsole(): void {
  globalThis.console = new Console(process.stderr);
}

/** Speaks over standard input and output. */
export function startStdio(server: Servable): Front {
  const connection = serveStdio(server);
  return {
    where: 'over standard input and output',
    ended: connection.closed,
    close: () => connection.close(),
  };
}

/** Says what to do where an address cannot be bound; `choose` is how another port is chosen. */
export function listenFailure(
  error: unknown,
  { host, port }: Pick<Address, 'host' | 'port'>,
  choose = 'Choose another port with --port (0 takes any free one)',
): Failure {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') return new Failure(`${host}:${port} is taken. ${choose}.`);
  if (code === 'EACCES')
    return new Failure(
      `This user may not bind ${host}:${port}. ${choose}; ports above 1023 are free to all.`,
    );
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return new Failure(`This machine has no address ${host}.`);
  return new Failure(error instanceof Error ? error.message : String(error));
}

import type { ClientOptions } from '@switchyard/client';
import type { Server, ServerOptions } from '@switchyard/server';

/** The server that the client is tried against. */
export function build(options?: ServerOptions): Server;

/** What comes of every case, by name; `options` say how the client reaches the server. */
export function outcomesOf(server: Pick<Server, 'registerTool'>, options: ClientOptions): Promise<unknown>;

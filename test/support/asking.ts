import type { RequestContext } from '@switchyard/server';
import { createServer } from '@switchyard/server';
import type { BaseOptions, Build } from './matrix.ts';
import type { Peer } from './peer.ts';
import { EVERYTHING } from './rounds.ts';

/** A handler of the tool `ask`; what handlers may return is not what the cases that use it are about. */
export type Handler = (ctx: RequestContext) => unknown;

/** The request that calls it. */
export const REQUEST = { method: 'tools/call', params: { name: 'ask' } };

/** A server with one tool, `ask`. */
export function asking(handler: Handler): Build {
  return (options: BaseOptions) => {
    const server = createServer({ name: 'questions', version: '1.0.0' }, options);
    // The handler's type is wider on purpose.
    server.registerTool('ask', {}, (ctx) => handler(ctx) as Promise<string>);
    return server;
  };
}

/** Calls the tool as a client with these capabilities. */
export function ask(peer: Peer, capabilities: object = EVERYTHING): ReturnType<Peer['call']> {
  return peer.call('tools/call', REQUEST.params, { capabilities: { ...capabilities } });
}

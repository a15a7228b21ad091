import { createClient } from './client.ts';
import type { ClientOptions } from './options.ts';
import type { StdioLinkOptions } from './stdio/stdio-link.ts';
import { stdioLink } from './stdio/stdio-link.ts';
import type { Client, ToolType } from './types.ts';

export { Child as StdioProcess, type ChildOptions as StdioProcessOptions } from './stdio/child.ts';
export type { StdioLink, StdioLinkOptions } from './stdio/stdio-link.ts';
export { programEnvironment } from './stdio/stdio-link.ts';
export { createStdioClient, stdioLink };

/** A client of a server that it starts itself. Throws `TypeError` as `createClient` and `stdioLink` do. */
function createStdioClient<
  Tools extends { readonly [Name in keyof Tools]: ToolType } = Record<string, ToolType>,
>(server: StdioLinkOptions, options: Omit<ClientOptions, 'url' | 'link'> = {}): Client<Tools> {
  return createClient<Tools>({ ...options, link: stdioLink(server) });
}

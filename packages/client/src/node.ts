import { createClient as createAnywhere } from './client.ts';
import { undiciLink } from './links/undici-link.ts';
import type { ClientOptions } from './options.ts';
import type { Client, ToolType } from './types.ts';

export type { FileStoreOptions } from './file/file-store.ts';
export { fileOnce, fileStore } from './file/file-store.ts';
export type { UndiciLinkOptions } from './links/undici-link.ts';
export { undiciLink };

/** As `createClient` of `@switchyard/client`, but `url` is dialled through undici, at a fraction of what `fetch` costs. */
export function createClient<
  Tools extends { readonly [Name in keyof Tools]: ToolType } = Record<string, ToolType>,
>(options: ClientOptions): Client<Tools> {
  if (options.url === undefined || options.link !== undefined) return createAnywhere<Tools>(options);
  return createAnywhere<Tools>({ ...options, link: undiciLink({ url: options.url }) });
}

import type {
  DiscoverResult,
  ListPromptsResult,
  ListResourcesResult,
  ListResourceTemplatesResult,
  ListToolsResult,
  Result,
} from '@switchyard/wire';
import type { CallOptions } from './call/call-options.ts';
import type { PendingCall } from './input/pending-call.ts';
import type { Params } from './link.ts';
import { everyPage } from './lists.ts';
import type { ToolBook } from './tools/tool-book.ts';
import type { Client } from './types.ts';

/** Asks for something and sees it through. Its result is complete, with what its method promises, or a pending call where the options want that. */
export type Ask = (method: string, params: Params, options?: CallOptions) => Promise<Result | PendingCall>;

/** The calls that only read. */
export type Reading = Pick<
  Client,
  | 'listTools'
  | 'listToolsPage'
  | 'listResources'
  | 'listResourcesPage'
  | 'listResourceTemplates'
  | 'listResourceTemplatesPage'
  | 'readResource'
  | 'listPrompts'
  | 'listPromptsPage'
  | 'getPrompt'
  | 'complete'
  | 'discover'
>;

/** Builds the calls that only read. */
export function readingCalls(ask: Ask, book: ToolBook): Reading {
  // That the results have the form of their methods is checked by whoever asks.
  const page = <Page extends Result>(method: string) => {
    return (params: Params, options?: CallOptions) => ask(method, params, options) as Promise<Page>;
  };
  const tools = page<ListToolsResult>('tools/list');
  const resources = page<ListResourcesResult>('resources/list');
  const templates = page<ListResourceTemplatesResult>('resources/templates/list');
  const prompts = page<ListPromptsResult>('prompts/list');
  return {
    listTools: async (options) => ({
      tools: joined((await everyPage(tools, options)).map((one) => book.read(one))),
    }),
    listToolsPage: async (cursor, options) => {
      const one = await tools(at(cursor), options);
      return { ...one, tools: [...book.read(one)] };
    },
    listResources: async (options) => ({
      resources: (await everyPage(resources, options)).flatMap((one) => one.resources),
    }),
    listResourcesPage: (cursor, options) => resources(at(cursor), options),
    listResourceTemplates: async (options) => ({
      resourceTemplates: (await everyPage(templates, options)).flatMap((one) => one.resourceTemplates),
    }),
    listResourceTemplatesPage: (cursor, options) => templates(at(cursor), options),
    listPrompts: async (options) => ({
      prompts: (await everyPage(prompts, options)).flatMap((one) => one.prompts),
    }),
    listPromptsPage: (cursor, options) => prompts(at(cursor), options),
    readResource: ((resource: string | { readonly uri: string }, options?: CallOptions) => {
      const uri = typeof resource === 'string' ? resource : resource.uri;
      return ask('resources/read', { uri }, options);
    }) as Client['readResource'],
    getPrompt: ((name: string, args?: Params, options?: CallOptions) => {
      const params = args === undefined ? { name } : { name, arguments: args };
      return ask('prompts/get', params, options);
    }) as Client['getPrompt'],
    complete: (completion, options) => {
      return ask('completion/complete', { ...completion }, options) as ReturnType<Client['complete']>;
    },
    discover: (options) => ask('server/discover', {}, options) as Promise<DiscoverResult>,
  };
}

/** One list is given on as it is. */
function joined<T>(lists: readonly (readonly T[])[]): readonly T[] {
  const [only] = lists;
  return lists.length === 1 && only !== undefined ? only : lists.flat();
}

function at(cursor: string | undefined): Params {
  return cursor === undefined ? {} : { cursor };
}

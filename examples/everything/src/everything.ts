import type { Authenticate, EventBus, Server } from '@switchyard/server';
import { createServer } from '@switchyard/server';
import { addChangeTools } from './change-tools.ts';
import { addContentTools } from './content-tools.ts';
import { addInputTools } from './input-tools.ts';
import { addLongTools } from './long-tools.ts';
import { addPrompts } from './prompts.ts';
import { addResources } from './resources.ts';
import { addSchemaTools } from './schema-tools.ts';
import { addVisibilityTools } from './visibility-tools.ts';

/** What instances of the server may differ in, and what they have to share. */
export interface EverythingOptions {
  /** The keys that seal input rounds, as `id:secret,id:secret`; the same on every instance. @default a random key, with a warning */
  readonly keys?: string;
  /** Carries change notifications between instances. @default within this process */
  readonly bus?: EventBus;
  /** Establishes who is calling. @default nobody is asked */
  readonly authenticate?: Authenticate;
  /** Host names under which the server is reached. @default loopback names */
  readonly allowedHosts?: readonly string[];
  /** Most entries on one page of a list; `0` puts all on one. @default 0 */
  readonly pageSize?: number;
  /** Takes warnings, such as deprecated features in use. @default standard error */
  readonly onWarning?: (message: string) => void;
}

/**
 * Makes a server with everything that revision 2026-07-28 lets a server do, each feature in a file of its own.
 * It keeps nothing between two requests: instances that share `keys` can take turns within one input round.
 * Throws `TypeError` for options that are not sound.
 */
export function createEverything(options: EverythingOptions = {}): Server {
  const { keys, ...shared } = options;
  const server = createServer(
    {
      name: 'everything',
      title: 'Everything',
      version: '0.1.0',
      websiteUrl: 'https://modelcontextprotocol.io',
    },
    {
      instructions:
        'A server for trying out clients: tools, resources and prompts for each feature of the protocol.',
      cacheHints: {
        'server/discover': { ttlMs: 60_000, cacheScope: 'public' },
        'tools/list': { ttlMs: 5_000 },
        'prompts/list': { ttlMs: 60_000, cacheScope: 'public' },
        'resources/list': { ttlMs: 60_000, cacheScope: 'public' },
        'resources/templates/list': { ttlMs: 60_000, cacheScope: 'public' },
      },
      logging: true,
      ...shared,
      ...(keys === undefined ? {} : { requestState: { keys } }),
    },
  );
  addContentTools(server);
  addSchemaTools(server);
  addLongTools(server);
  addInputTools(server);
  addVisibilityTools(server);
  addChangeTools(server);
  addResources(server);
  addPrompts(server);
  return server;
}

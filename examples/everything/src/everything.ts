import type { Server, ServerOptions } from '@switchyard/server';
import { createServer } from '@switchyard/server';
import type { TaskStore } from '@switchyard/tasks';
import { memoryTaskStore } from '@switchyard/tasks';
import { addChangeTools } from './change-tools.ts';
import { addContentTools } from './content-tools.ts';
import { addInputTools } from './input-tools.ts';
import { addLongTools } from './long-tools.ts';
import { addPrompts } from './prompts.ts';
import { addResources } from './resources.ts';
import { addSchemaTools } from './schema-tools.ts';
import { addTaskTools } from './task-tools.ts';
import { addVisibilityTools } from './visibility-tools.ts';

/**
 * Makes a server with everything that revision 2026-07-28 lets a server do, each feature in a file of its own.
 * `options` are laid over its own. It keeps nothing between two requests: instances that share `requestState.keys` can
 * take turns within one input round, and instances with the same `store` within one task; `null` leaves tasks out. Throws `TypeError` for options that are not sound.
 */
export function createEverything(
  options: ServerOptions = {},
  store: TaskStore | null = memoryTaskStore(),
): Server {
  const server = createServer(
    { name: 'everything', title: 'Everything', version: '0.1.0' },
    { ...EVERYTHING, ...options },
  );
  addContentTools(server);
  addSchemaTools(server);
  addLongTools(server);
  addInputTools(server);
  addVisibilityTools(server);
  addChangeTools(server);
  if (store !== null) addTaskTools(server, store);
  addResources(server);
  addPrompts(server);
  return server;
}

const EVERYTHING: ServerOptions = {
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
};

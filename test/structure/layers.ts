/**
 * Which packages each package may import, types included. A package that is not a row may not exist.
 * `testkit` is for tests only: no shipped module imports it.
 */
export const LAYERS: Readonly<Record<string, readonly string[]>> = {
  wire: [],
  schema: [],
  seal: [],
  server: ['wire', 'schema', 'seal'],
  client: ['wire', 'schema'],
  auth: ['wire'],
  tasks: ['wire'],
  'tasks-sqlite': ['tasks'],
  'tasks-postgres': ['tasks'],
  legacy: ['wire', 'seal'],
  gateway: ['wire', 'schema', 'seal', 'server', 'client', 'auth', 'tasks', 'legacy'],
  apps: ['wire'],
  console: ['apps', 'client'],
  inventory: ['wire'],
  cli: [
    'wire',
    'schema',
    'seal',
    'server',
    'client',
    'auth',
    'tasks',
    'tasks-sqlite',
    'tasks-postgres',
    'legacy',
    'gateway',
    'apps',
    'console',
    'inventory',
  ],
};

/** Packages that must run where there is no Node, with everything that they reach. */
export const RUNS_ANYWHERE: readonly string[] = ['wire', 'schema', 'seal'];

/** As {@link RUNS_ANYWHERE}, single entries of packages that also have entries for Node. */
export const ENTRIES_THAT_RUN_ANYWHERE: readonly string[] = [
  '@switchyard/server',
  '@switchyard/client',
  '@switchyard/client/tasks',
  '@switchyard/auth/client',
  '@switchyard/auth/client/contract',
  '@switchyard/auth/resource',
  '@switchyard/tasks',
  '@switchyard/tasks/contract',
];

/** What only Node has as a global. */
export const NODE_GLOBALS: ReadonlySet<string> = new Set([
  'process',
  'Buffer',
  'NodeJS',
  'global',
  'require',
  '__dirname',
  '__filename',
  'setImmediate',
  'clearImmediate',
]);

/** What gives a module input, output, time or chance: `wire` has none of it. */
export const EFFECTS: ReadonlySet<string> = new Set([
  'fetch',
  'Date',
  'performance',
  'crypto',
  'setTimeout',
  'setInterval',
  'queueMicrotask',
  'console',
  'XMLHttpRequest',
  'WebSocket',
]);

/** Beside the command: the one place where a server reports to whoever has given it nowhere else to. */
export const CONSOLE_USERS: readonly string[] = ['packages/server/src/create-runtime.ts'];

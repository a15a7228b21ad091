// Serves the everything server: `node main.js [--port 3001] [--host 127.0.0.1]`, or `node main.js --stdio`.
// SWITCHYARD_KEYS holds the keys that seal input rounds, the same for every instance; EVERYTHING_ADMIN_TOKEN the
// bearer token of the administrator. EVERYTHING_TASKS names a file for its tasks, which several instances
// then share; `none` leaves tasks out.
import { parseArgs } from 'node:util';
import type { Server, ServerOptions } from '@switchyard/server';
import { serve } from '@switchyard/server/node';
import { serveStdio } from '@switchyard/server/stdio';
import type { TaskStore } from '@switchyard/tasks';
import { memoryTaskStore } from '@switchyard/tasks';
import { sqliteTaskStore } from '@switchyard/tasks-sqlite';
import { createEverything } from './everything.ts';
import { adminBearer } from './identity.ts';
import { parentBus } from './parent-bus.ts';

const values = readOptions();
const { 'allowed-host': allowedHosts } = values;
const { SWITCHYARD_KEYS: keys, EVERYTHING_ADMIN_TOKEN: adminToken, EVERYTHING_TASKS: file } = process.env;

const options: ServerOptions = {
  ...(allowedHosts === undefined ? {} : { allowedHosts }),
  ...(keys === undefined ? {} : { requestState: { keys } }),
  ...(adminToken === undefined ? {} : { authenticate: adminBearer(adminToken) }),
  ...(process.send === undefined ? {} : { bus: parentBus() }),
};
const server = createEverything(options, file === 'none' ? null : openStore(file));
await (values.stdio ? overStdio(server) : overHttp(server, Number(values.port), values.host).catch(fail));

function readOptions() {
  const text = { type: 'string' } as const;
  const options = {
    port: { ...text, default: '3001' },
    host: { ...text, default: '127.0.0.1' },
    'allowed-host': { ...text, multiple: true },
    stdio: { type: 'boolean', default: false },
  } as const;
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    return fail(error);
  }
}

/** For what whoever started it can mend: a taken port, an unknown option. */
function fail(error: unknown): never {
  console.error(error instanceof Error ? error.message : error);
  console.error('Options: --port <number>, --host <address>, --allowed-host <name> (repeatable), --stdio');
  process.exit(1);
}

function openStore(file: string | undefined): TaskStore {
  return file === undefined ? memoryTaskStore() : sqliteTaskStore({ file });
}

async function overStdio(server: Server): Promise<void> {
  const connection = serveStdio(server);
  onSignal(() => connection.close());
  await connection.closed;
}

async function overHttp(server: Server, port: number, host: string): Promise<void> {
  const listening = await serve(server, { port, host });
  onSignal(() => listening.close());
  console.log(`Everything is served at ${listening.url}`);
}

/** Closes on a signal, and when the process that started this one, and holds its bus, has gone. */
function onSignal(close: () => Promise<void>): void {
  for (const event of ['SIGINT', 'SIGTERM', 'disconnect'] as const) process.once(event, () => void close());
  // It may have gone before anyone listened for that; without such a process `connected` is undefined.
  if (process.connected === false) void close();
}

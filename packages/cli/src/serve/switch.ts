import type { Core, Server } from '@switchyard/server';
import type { Servable } from '@switchyard/server/node';
import type { Loaded } from './load.ts';

/** A server whose definition can be replaced while it serves. */
export interface Switch {
  /** What fronts serve: always the newest definition. */
  readonly server: Servable;
  /**
   * Puts another definition in place: what comes from now on goes to it. What is under way finishes on the one before,
   * whose open streams are told that its lists have changed, and end gracefully.
   */
  swap(next: Loaded): void;
}

/** Makes a switch that serves a definition. */
export function createSwitch(first: Loaded): Switch {
  const inUse = new Set<Loaded>([first]);
  /** Which definition a request began on. */
  const origin = new WeakMap<Walk, Core>();
  let current = first;
  const begun = (walk: Walk | undefined, core: Core): Walk | undefined => {
    if (walk !== undefined) origin.set(walk, core);
    return walk;
  };
  const coreOf = (walk: Walk): Core => origin.get(walk) ?? current.server.core;
  const core: Core = {
    get runtime() {
      return current.server.core.runtime;
    },
    open(exchange) {
      const { core } = current.server;
      const opened = core.open(exchange);
      return opened instanceof Promise ? opened.then((walk) => begun(walk, core)) : begun(opened, core);
    },
    serve: (walk, body) => coreOf(walk).serve(walk, body),
    serveMessage: (walk, parsed) => coreOf(walk).serveMessage(walk, parsed),
  };
  const close: Server['close'] = async (options) => {
    await Promise.all([...inUse].map(({ server }) => server.close(options)));
    for (const { dispose } of inUse) dispose();
  };
  return {
    server: { core, close, ready: () => current.server.ready() },
    swap(next) {
      const before = current;
      inUse.add(next);
      current = next;
      void retire(before).then(() => inUse.delete(before));
    },
  };
}

// ---

type Walk = Parameters<Core['serve']>[0];

/** As long as a timer can run (24 days): each request has its own time limit. */
const UNLIMITED_MS = 2 ** 31 - 1;

async function retire({ server, dispose }: Loaded): Promise<void> {
  // Requests that wait for the definitions to be compiled have begun too.
  await server.ready().catch(() => undefined);
  server.notify.listsChanged(['tools', 'prompts', 'resources']);
  await server.close({ timeoutMs: UNLIMITED_MS });
  dispose();
}

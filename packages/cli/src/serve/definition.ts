import type { Server } from '@switchyard/server';
import { Failure } from '../failure.ts';

/** What a definition is given when its default export is a function. */
export interface DefinitionContext {
  /**
   * For `requestState.keys`: the value of SWITCHYARD_KEYS, or a random key that lasts as long as the process, so that
   * input rounds that are under way outlive a reload.
   */
  readonly keys: string;
  readonly transport: 'http' | 'stdio';
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted once the definition is no longer in use: the last request on it is done. The place to close what it opened. */
  readonly signal: AbortSignal;
}

/** The default export of a file that `switchyard serve` serves. */
export type Definition = Server | ((context: DefinitionContext) => Server | Promise<Server>);

/** Makes the server that a module defines. Throws `Failure` where it defines none; rejects with what the definition throws. */
export async function toServer(module: unknown, context: DefinitionContext): Promise<Server> {
  const exported: unknown = isObject(module) ? module['default'] : undefined;
  const made: unknown = typeof exported === 'function' ? await exported(context) : exported;
  if (isServer(made)) return made;
  throw new Failure(
    typeof exported === 'function'
      ? `its default export returned ${nameOf(made)}, not a server made by createServer`
      : `its default export is ${nameOf(made)}; export a server made by createServer, or a function that returns one`,
  );
}

// ---

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** By shape: the definition may have a copy of the server package of its own. */
function isServer(value: unknown): value is Server {
  if (!isObject(value) || !isObject(value['core'])) return false;
  const { core, ready, close } = value;
  return [core['open'], core['serve'], ready, close].every((part) => typeof part === 'function');
}

function nameOf(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `a value of type ${typeof value}`;
}

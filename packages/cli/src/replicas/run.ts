import { relative } from 'node:path';
import { Failure } from '../failure.ts';
import { keysFrom } from '../serve/keys.ts';
import { untilStopped } from '../stop.ts';
import type { Terminal } from '../terminal.ts';
import { startFleet } from './fleet.ts';

/** The options of `switchyard serve --replicas`. */
export interface ReplicaSettings {
  readonly port: number;
  readonly host: string;
  readonly path: string;
  readonly replicas: number;
  readonly watch: boolean;
  /** Seconds. */
  readonly drain: number;
  readonly quiet?: true;
}

/** Serves a definition by several processes behind a gateway until told to stop; resolves once all have drained and exited. */
export async function runReplicas(
  file: string,
  settings: ReplicaSettings,
  terminal: Terminal,
): Promise<void> {
  if (!LOOPBACK.has(settings.host)) {
    throw new Failure(
      '--replicas is for this machine alone: for other hosts, write a configuration and run "switchyard gateway".',
    );
  }
  const stopped = untilStopped(terminal);
  const { env, note } = terminal;
  const starting = startFleet({
    ...settings,
    file,
    env: { ...env, SWITCHYARD_KEYS: keysFrom(env) },
    note,
  });
  const fleet = await Promise.race([starting, stopped]);
  // Replicas that are still starting end with this process.
  if (fleet === undefined) return;
  if (!settings.quiet) {
    note(`Serving ${terminal.paint('bold', relative(process.cwd(), file))} at ${fleet.url}`);
    for (const [index, { url, pid }] of fleet.replicas.entries())
      note(`  replica ${index + 1}  ${url}  pid ${pid}`);
  }
  await stopped;
  await fleet.close();
}

// ---

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '::1']);

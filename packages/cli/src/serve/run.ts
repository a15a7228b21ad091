import { relative, resolve } from 'node:path';
import { untilStopped } from '../stop.ts';
import { startTelemetry } from '../telemetry/telemetry.ts';
import type { Terminal } from '../terminal.ts';
import { divertConsole, type Front, startHttp, startStdio } from './fronts.ts';
import { keysFrom } from './keys.ts';
import { checkFile, createLoader } from './load.ts';
import { reloadOnChange } from './reload.ts';
import { createSwitch, type Switch } from './switch.ts';

/** The options of `switchyard serve`. */
export interface ServeSettings {
  readonly port: number;
  readonly host: string;
  readonly path: string;
  readonly stdio?: true;
  readonly replicas?: number;
  readonly watch: boolean;
  /** Seconds. */
  readonly drain: number;
  readonly quiet?: true;
}

/**
 * Serves a definition until the process is told to stop, or the client of `--stdio` has gone; resolves once it has
 * drained. Throws `Failure` where it cannot start.
 */
export async function runServe(file: string, settings: ServeSettings, terminal: Terminal): Promise<void> {
  const path = resolve(file);
  await checkFile(path);
  if (settings.replicas !== undefined) {
    const { runReplicas } = await import('../replicas/run.ts');
    return runReplicas(path, { ...settings, replicas: settings.replicas }, terminal);
  }
  const stopped = untilStopped(terminal);
  const transport = settings.stdio ? 'stdio' : 'http';
  if (settings.stdio) divertConsole();
  const keys = keysFrom(terminal.env);
  const load = createLoader(path, { keys, transport, env: terminal.env, watch: settings.watch });
  const first = await Promise.race([load(), stopped]);
  if (first === undefined) return;
  // After the definition, which may register an SDK of its own.
  const warn = (text: string): void => terminal.note(`telemetry: ${text}`);
  const telemetry = await startTelemetry({ env: terminal.env, service: 'switchyard-serve', warn });
  const line = createSwitch(first);
  const front = await start(line, settings);
  const shown = relative(process.cwd(), path);
  const note = (text: string): void => {
    if (!settings.quiet) terminal.note(text);
  };
  const watch = settings.watch
    ? reloadOnChange({
        first,
        line,
        load,
        reloaded: () => note(`${terminal.paint('green', 'reloaded')} ${shown}`),
        refused: (why) => terminal.note(refusal(why, terminal)),
      })
    : undefined;
  note(`Serving ${terminal.paint('bold', shown)} ${front.where}`);
  await Promise.race([stopped, front.ended]);
  watch?.close();
  await front.close(settings.drain * 1000);
  await telemetry?.close();
}

// ---

function start(line: Switch, settings: ServeSettings): Promise<Front> | Front {
  return settings.stdio ? startStdio(line.server) : startHttp(line.server, settings);
}

function refusal(why: string, terminal: Terminal): string {
  const places = why.replaceAll(`${process.cwd()}/`, '');
  return `${terminal.paint('red', 'not reloaded')}; the definition before it is still served:\n${places}`;
}

import {
  ConfigError,
  createGateway,
  createLogger,
  loadConfig,
  type ParsedConfig,
  type Plan,
  watchConfig,
} from '@switchyard/gateway';
import { Failure } from '../failure.ts';
import { listenFailure } from '../serve/fronts.ts';
import { untilStopped } from '../stop.ts';
import { startTelemetry } from '../telemetry/telemetry.ts';
import type { Terminal } from '../terminal.ts';

/** The options of `switchyard gateway`. */
export interface GatewaySettings {
  readonly check?: true;
  readonly watch: boolean;
  readonly log: 'human' | 'json';
  readonly logRefusals?: true;
}

/**
 * Runs a gateway until the process is told to stop; resolves once it has drained. Throws `Failure` for a configuration
 * that cannot be used, and where the gateway cannot start.
 */
export async function runGateway(file: string, settings: GatewaySettings, terminal: Terminal): Promise<void> {
  const parsed = await loadConfig(file).catch(asFailure);
  if (settings.check) return printPlan(parsed, undefined, terminal);
  const stopped = untilStopped(terminal);
  const log = createLogger({
    format: settings.log,
    refusals: settings.logRefusals ?? false,
    write: terminal.note,
  });
  const telemetry = await startTelemetry({
    env: terminal.env,
    service: 'switchyard-gateway',
    warn: (text) => terminal.note(aside(text, settings)),
  });
  const reread = async () => (await loadConfig(file)).plan;
  const gateway = usable(() => createGateway(parsed.plan, { logger: log, reread }));
  const { url } = await gateway.listen().catch((error: unknown) => {
    throw portFailure(error, parsed.plan);
  });
  printPlan(parsed, url, terminal);
  const watch = settings.watch
    ? watchConfig(file, {
        current: parsed,
        onChange: ({ plan }) => gateway.reload(plan),
        onError: (error) =>
          log({ type: 'reload-refused', message: error instanceof Error ? error.message : String(error) }),
      })
    : undefined;
  await stopped;
  watch?.close();
  await gateway.close();
  await telemetry?.close();
}

// ---

/** A line among the events of the gateway, in their format. */
function aside(message: string, { log }: GatewaySettings): string {
  const time = new Date().toISOString();
  return log === 'json'
    ? JSON.stringify({ time, type: 'telemetry', message })
    : `${time} telemetry: ${message}`;
}

/** What is made of a configuration, whose secrets and files may be missing. */
function usable<Made>(make: () => Made): Made {
  try {
    return make();
  } catch (error) {
    return asFailure(error);
  }
}

/** Says which of the two ports cannot be had: Node names it in the error. */
function portFailure(error: unknown, { listen, admin }: Plan): Failure {
  const port = error instanceof Error && 'port' in error ? error.port : undefined;
  return admin !== undefined && port === admin.port && port !== listen.port
    ? listenFailure(error, admin, 'Set admin.port in the configuration')
    : listenFailure(error, listen, 'Set listen.port in the configuration');
}

function asFailure(error: unknown): never {
  throw error instanceof ConfigError ? new Failure(error.message) : error;
}

/** The endpoints, one line each; without a base URL where nothing listens. */
function printPlan({ plan }: ParsedConfig, base: string | undefined, terminal: Terminal): void {
  const { listen, federation } = plan;
  const at = base ?? `${listen.tls === undefined ? 'http' : 'https'}://${listen.host}:${listen.port}`;
  if (federation !== undefined)
    terminal.print(`${at}${federation.path}  ${counted(federation.members.length, 'server')}`);
  for (const { name, path, replicas } of plan.servers)
    terminal.print(`${at}${path}  ${name}, ${counted(replicas.length, 'replica')}`);
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

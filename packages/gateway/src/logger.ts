import type { GatewayEvent, GatewayLogger } from './events.ts';

/** How events become lines. */
export interface LoggerOptions {
  /** One JSON object a line, or one readable sentence a line. @default 'human' */
  readonly format?: 'json' | 'human';
  /** Takes one line, without its newline. @default to standard error */
  readonly write?: (line: string) => void;
  /** Milliseconds since 1970, for the time of a line. @default Date.now */
  readonly now?: () => number;
  /** Whether refusals of single requests are logged too. @default false */
  readonly refusals?: boolean;
}

/** A logger that writes one line an event: time, type, and what the event knows. */
export function createLogger(options: LoggerOptions = {}): GatewayLogger {
  const { format = 'human', now = Date.now, refusals = false } = options;
  const write = options.write ?? ((line: string) => process.stderr.write(`${line}\n`));
  return (event) => {
    if (FOR_EACH_REQUEST.has(event.type) && !refusals) return;
    const time = new Date(now()).toISOString();
    write(format === 'json' ? toJson(time, event) : `${time} ${toSentence(event)}`);
  };
}

// ---

/** What may happen with every request. */
const FOR_EACH_REQUEST: ReadonlySet<GatewayEvent['type']> = new Set(['refused', 'quota-unshared']);

function toJson(time: string, event: GatewayEvent): string {
  if (event.type === 'failed')
    return JSON.stringify({ time, type: event.type, error: describe(event.error) });
  return JSON.stringify({ time, ...event });
}

function toSentence(event: GatewayEvent): string {
  switch (event.type) {
    case 'listening':
      return `listening at ${event.url}, ${count(event.servers, 'server')} behind it`;
    case 'reloaded':
      return `configuration reloaded, ${count(event.servers, 'server')}`;
    case 'reload-refused':
      return `configuration not reloaded, the one before stays in use:\n${event.message}`;
    case 'draining':
      return `closing; ${count(event.inFlight, 'request')} in progress`;
    case 'closed':
      return event.cut === 0 ? 'closed' : `closed; ${count(event.cut, 'request')} cut off`;
    case 'failed':
      return `a request failed inside the gateway: ${describe(event.error)}`;
    case 'refused':
      return `refused a request for ${JSON.stringify(event.path)}: ${event.reason}`;
    case 'retrying':
      return `${event.server}: ${printable(event.method)} is sent again: ${event.replica} failed (${event.why})`;
    case 'upstream-failed':
      return `${event.server}: ${printable(event.method)} failed at ${event.replica}: ${event.why}`;
    case 'shadow-differs':
      return `${event.server}: the shadow answers ${printable(event.name ?? event.method)} otherwise at ${event.at.map(printable).join(', ')}`;
    case 'federation-keys-unshared':
      return 'federation.keys is not set: cursors, task ids and request states end with this process, and no other instance opens them';
    case 'federation-names':
      return `${event.server}: ${NAME_FAULTS[event.why]} in ${event.method}: ${event.names.map((name) => JSON.stringify(printable(name))).join(', ')}`;
    case 'federation-missing':
      return `${event.server}: left out of ${printable(event.method)}: ${event.why}`;
    case 'replica-ejected':
      return `${event.server}: ${event.replica} is left out for ${event.forMs} ms`;
    case 'secret-exposed':
      return `warning: others on this machine may read or change ${event.file} (mode ${event.mode}); chmod 600 it`;
    case 'state-lost':
      return `the shared state cannot be reached: ${event.why}${event.advice === undefined ? '' : `; ${event.advice}`}`;
    case 'quota-unshared':
      return `quota ${event.quota}: counted by this instance alone`;
    case 'definition':
      return `${event.server}: the definition of ${event.kind} ${JSON.stringify(printable(event.name))} is ${event.action}: ${event.found.join(', ')}`;
    case 'state-back':
      return 'the shared state is back';
    case 'audit-failing':
      return `the audit trail cannot be written: ${event.why}`;
    case 'audit-restored':
      return event.lost === 0
        ? 'the audit trail is written again; nothing is missing'
        : `the audit trail is written again; ${count(event.lost, 'record')} of it lost`;
    case 'replica-returned':
      return `${event.server}: ${event.replica} is back`;
    case 'circuit-opened':
      return `${event.server}: too much fails; nothing is sent to it for ${event.forMs} ms`;
    case 'circuit-closed':
      return `${event.server}: answers again`;
    case 'process-started':
      return `${event.server}: ${event.replica} is started (${event.pid ?? 'in vain'})`;
    case 'process-ended':
      return `${event.server}: ${event.replica} has ended; not started again for ${event.pauseMs} ms`;
    case 'process-said':
      return `${event.server}: ${event.replica}: ${JSON.stringify(event.text)}`;
    case 'hedged':
      return `${event.server}: ${printable(event.method)} also goes to ${event.replica}`;
  }
}

const NAME_FAULTS = {
  shadowed: 'left out, because the name leads to another server',
  'too-long': 'left out, because the qualified name is longer than federation.longestName',
  unusual: 'offered, but model APIs take up to 64 letters, digits, "_" and "-"',
} as const;

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

const LONGEST_METHOD = 80;

/** `Mcp-Method` is visible ASCII by then, but the caller chose it. */
function printable(method: string): string {
  return method.slice(0, LONGEST_METHOD);
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

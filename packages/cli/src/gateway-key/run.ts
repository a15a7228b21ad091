import { type KeyEntry, mintApiKey } from '@switchyard/gateway';
import { Failure } from '../failure.ts';
import type { Terminal } from '../terminal.ts';

/** The options of `switchyard gateway-key`. */
export interface GatewayKeySettings {
  readonly tenant?: string;
  readonly scope?: readonly string[];
  readonly server?: readonly string[];
  readonly expires?: string;
}

/** Prints a fresh API key, and beside it what belongs into the list of keys. Throws `Failure` for what cannot stand there. */
export function runGatewayKey(name: string, settings: GatewayKeySettings, terminal: Terminal): void {
  const { tenant, scope, server, expires } = settings;
  if (!NAME.test(name)) throw new Failure('A name has 1 to 128 visible ASCII characters.');
  if (expires !== undefined && Number.isNaN(Date.parse(expires)))
    throw new Failure('--expires wants a date such as 2027-01-31, or a date and time with its offset.');
  const { key, entry } = mintApiKey({
    name,
    ...(tenant === undefined ? {} : { tenant }),
    ...(scope === undefined ? {} : { scopes: scope }),
    ...(server === undefined ? {} : { servers: server }),
    ...(expires === undefined ? {} : { expires }),
  });
  terminal.print(key);
  terminal.note(
    `\nFor whoever calls, and for nobody else: it cannot be shown again. For identify.keys:\n${line(entry)}`,
  );
}

// ---

const NAME = /^[!-~]{1,128}$/;

/** A line of YAML: JSON is YAML. */
function line(entry: KeyEntry): string {
  const members = Object.entries(entry).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  return `- { ${members.join(', ')} }`;
}

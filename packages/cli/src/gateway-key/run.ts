import { type KeyEntry, type MintedKey, mintApiKey } from '@switchyard/gateway';
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
  const { key, entry } = mint({
    name,
    ...(tenant === undefined ? {} : { tenant }),
    ...(scope === undefined ? {} : { scopes: scope }),
    ...(server === undefined ? {} : { servers: server }),
    ...(expires === undefined ? {} : { expires }),
  });
  if (expires !== undefined && Date.parse(expires) <= Date.now())
    terminal.note(`${terminal.paint('yellow', 'warning:')} ${expires} is past: this key opens nothing.`);
  terminal.print(key);
  terminal.note(
    `\nFor whoever calls, and for nobody else: it cannot be shown again. For identify.keys:\n${line(entry)}`,
  );
}

// ---

const NAME = /^[!-~]{1,128}$/;

function mint(about: Omit<KeyEntry, 'hash'>): MintedKey {
  try {
    return mintApiKey(about);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new Failure('--expires wants a date such as 2027-01-31, or a date and time with its offset.');
  }
}

/** A line of YAML: JSON is YAML. */
function line(entry: KeyEntry): string {
  const members = Object.entries(entry).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  return `- { ${members.join(', ')} }`;
}

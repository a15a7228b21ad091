import { Failure } from './failure.ts';
import type { Terminal } from './terminal.ts';

/** The options that say what goes with every request to a server. */
export interface TargetSettings {
  /** By lower-case name. */
  readonly header?: Readonly<Record<string, string>>;
  readonly token?: string;
}

/** The endpoint that a text names. Throws `Failure` for what is no http or https URL, or has a user name or password. */
export function toUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
    throw new Failure(`"${text}" is not an http:// or https:// URL.${hint(text)}`);
  if (url.username !== '' || url.password !== '')
    throw new Failure('A URL must not carry a user name or password; use --token or -H.');
  return url;
}

/** The headers that go with every request, by lower-case name. Throws `Failure` for one that follows from the request, and for a token that is none. */
export function toHeaders({ header = {}, token }: TargetSettings): Record<string, string> {
  const own = Object.keys(header).find((name) => OWN.test(name));
  if (own !== undefined) throw new Failure(`-H must not set ${own}: it follows from the request.`);
  if (token === undefined) return { ...header };
  if (!/^[\x21-\x7e]+$/.test(token))
    throw new Failure('A token has visible ASCII characters only, and no spaces.');
  return { authorization: `Bearer ${token}`, ...header };
}

/** Warns where a token would travel without encryption, other than on this machine. */
export function warnOfPlainText(
  url: URL,
  headers: Readonly<Record<string, string>>,
  terminal: Terminal,
): void {
  if (headers['authorization'] === undefined || isPrivate(url)) return;
  terminal.note(
    `${terminal.paint('yellow', 'warning:')} the token travels to ${url.host} without encryption.`,
  );
}

// ---

/** For who has left out the scheme: `localhost:3000/mcp`. */
function hint(text: string): string {
  const whole = `http://${text}`;
  const forgotten = /^[\w.-]+(:\d+)?(\/|$)/.test(text) && /[:./]|^localhost$/.test(text);
  return forgotten && URL.canParse(whole) ? ` Did you mean ${whole}?` : '';
}

/** Headers that say what the request is: they follow from the request alone. */
const OWN =
  /^(mcp-.*|accept|content-type|content-length|content-encoding|transfer-encoding|connection|upgrade|expect|te|trailer)$/;

function isPrivate({ protocol, hostname }: URL): boolean {
  return (
    protocol === 'https:' || hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.')
  );
}

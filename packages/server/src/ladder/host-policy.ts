import { reject } from '@switchyard/wire';
import type { Refusal } from '../refusal.ts';

/** Which `Host` and `Origin` values a server answers to. Stops DNS rebinding: a web page reaching a local server. */
export interface HostPolicy {
  /** The refusal of a request with this host and origin, or `undefined`. */
  check(host: string | undefined, origin: string | undefined): Refusal | undefined;
  /** The configured origins, in lower case; `undefined` where none are, and loopback origins alone may send requests. */
  readonly origins: ReadonlySet<string> | undefined;
  /** True where only loopback names are answered to. */
  readonly loopbackOnly: boolean;
}

/** What the policy is made of. */
export interface HostOptions {
  /**
   * Host names that requests may be addressed to, without port; `*` allows any.
   * Beyond loopback, set it to the names that the server is reached by. @default loopback names
   */
  readonly allowedHosts?: readonly string[];
  /**
   * Origins of web pages that may send requests and read the answers (CORS), such as `https://app.example`; `*` allows any.
   * Requests without an `Origin` header do not come from a web page of another site. @default loopback origins may send, none may read
   */
  readonly allowedOrigins?: readonly string[];
}

/** The names by which only this machine reaches itself. */
export const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Compiles the policy; throws `TypeError` for a host with a port or scheme, or an origin that is none.
 * See https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http#security--endpoint.
 */
export function hostPolicy({ allowedHosts, allowedOrigins }: HostOptions): HostPolicy {
  const hosts = allowedHosts === undefined ? LOOPBACK : new Set(allowedHosts.map(checkedHost));
  const origins = allowedOrigins === undefined ? undefined : new Set(allowedOrigins.map(checkedOrigin));
  const known = new Set<string>();
  const hostAllowed = (host: string): boolean => {
    if (known.has(host) || hosts.has('*')) return true;
    const name = hostName(`http://${host}`);
    if (name === undefined || !hosts.has(name)) return false;
    // Few ports and spellings ever pass; the bound is against a caller who finds many.
    if (known.size < 64) known.add(host);
    return true;
  };
  const originAllowed = (origin: string): boolean => {
    if (origins !== undefined) return origins.has('*') || origins.has(origin.toLowerCase());
    const name = hostName(origin);
    return name !== undefined && LOOPBACK.has(name);
  };
  return {
    origins,
    loopbackOnly: [...hosts].every((name) => LOOPBACK.has(name)),
    check(host, origin) {
      if (host === undefined || !hostAllowed(host)) return forbidden('This Host is not served here.');
      if (origin !== undefined && !originAllowed(origin))
        return forbidden('This Origin may not send requests.');
      return undefined;
    },
  };
}

const forbidden = (message: string): Refusal => ({ ...reject('InvalidRequest', message), status: 403 });

function hostName(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).hostname : undefined;
}

function checkedHost(host: string): string {
  if (host === '*') return host;
  const name = hostName(`http://${host}`);
  if (name === undefined || name !== host.toLowerCase()) {
    throw new TypeError(`allowedHosts takes host names without scheme, port or path, not '${host}'.`);
  }
  return name;
}

function checkedOrigin(origin: string): string {
  if (origin === '*') return origin;
  if (!URL.canParse(origin) || new URL(origin).origin !== origin.toLowerCase()) {
    throw new TypeError(`allowedOrigins takes origins such as 'https://app.example', not '${origin}'.`);
  }
  return origin.toLowerCase();
}

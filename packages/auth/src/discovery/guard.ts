import { AuthError } from '../errors.ts';
import type { Dial } from '../http.ts';
import { isAddress, isLoopbackHost, isPrivateHost, isUnspecifiedHost } from './addresses.ts';

/** Which URLs named by others may be dialled. */
export interface GuardOptions {
  /** The MCP server that the user chose. Where it is on this machine or in a private network, what it names may be there too. */
  readonly server: URL;
  /** Hosts that may be dialled though they are private, such as an identity provider of the company. */
  readonly privateHosts?: readonly string[];
  /** The addresses of a host name. Without it, names are not looked up, and only what resolves them can refuse them. */
  readonly resolve?: (hostname: string) => Promise<readonly string[]>;
}

/**
 * Resolves where a URL may be dialled, to the addresses that its name was found to have where it was looked up, else rejects with
 * an `AuthError` of code `forbidden-address`.
 */
export type Guard = (url: URL) => Promise<Dial | undefined>;

/**
 * Refuses what a server could name to make us attack others: schemes other than https (http on this machine, when the server is
 * there too), credentials in the URL, and private addresses, named or resolved, unless the server itself is private. A server in
 * a private network may not name this machine.
 */
export function createGuard({ server, privateHosts = [], resolve }: GuardOptions): Guard {
  const serverIsLocal = isThisMachine(server.hostname);
  const serverIsPrivate = isPrivateHost(server.hostname);
  const forbidden = (address: string): boolean =>
    isThisMachine(address) ? !serverIsLocal : isPrivateHost(address) && !serverIsPrivate;
  return async (url) => {
    const { hostname } = url;
    const listed = privateHosts.includes(hostname);
    const localHttp = url.protocol === 'http:' && isLoopbackHost(hostname) && (serverIsLocal || listed);
    if (url.protocol !== 'https:' && !localHttp) throw refusal(url, 'it is not https');
    if (url.username !== '' || url.password !== '') throw refusal(url, 'it contains credentials');
    if (listed) return undefined;
    if (forbidden(hostname)) throw refusal(url, 'its address is private');
    if (resolve === undefined || serverIsLocal || isAddress(hostname)) return undefined;
    const addresses = await resolve(hostname);
    if (addresses.some(forbidden)) throw refusal(url, 'its address is private');
    return { addresses };
  };
}

// ---

function isThisMachine(hostname: string): boolean {
  return isLoopbackHost(hostname) || isUnspecifiedHost(hostname);
}

function refusal(url: URL, reason: string): AuthError {
  return new AuthError('forbidden-address', `${url.protocol}//${url.host} may not be dialled: ${reason}.`);
}
